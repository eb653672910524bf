-- What stands on a fund stays within a bound: ten million billion kroner, in øre. Whatever then adds a round to it, or two
-- of them up, fits in 64 bits, and what would not is refused as it is recorded, by name (services/grants/sums.py).
-- What an earlier release let pass stands.
ALTER TABLE grants.fund ADD CONSTRAINT fund_sums_are_bounded CHECK (
    greatest(available_ore, carried_over_ore, earmarked_ore, committed_ore, disbursed_ore, withheld_ore, overdrawn_ore,
             overbound_ore) <= 1000000000000000000
    AND least(available_ore, carried_over_ore, earmarked_ore) >= -1000000000000000000) NOT VALID;
ALTER TABLE grants.authority_use ADD CONSTRAINT authority_use_is_bounded CHECK (promised_ore <= 1000000000000000000)
    NOT VALID;
