"""What the authorities of a letter's chapter 6 are used with. Whole øre, days in Europe/Oslo."""

from services.httpapi.strict.fields import Body, CalendarYear, DatedBody, Day, Line, Many, Ore, OreOrZero


class UseAsked(DatedBody):
    """The post, how much (øre), the agency's own reference for the matter, and the day (Europe/Oslo)."""

    fund_id: Line
    amount_ore: Ore
    reference: Line
    used_on: Day


class NetBooking(UseAsked):
    """Income from used equipment booked net on 01 or 21 (Bevilgningsreglementet § 3, 4. ledd)."""

    routine_renewal: bool
    belongs_on_post_45: bool
    booked_in_account_class_3: bool


class BeyondTheYear(UseAsked):
    """A lease or purchase of services beyond the year (§ 6, 2. ledd); the amount is its dearest year's cost."""

    until_on: Day
    ordinary_operations: bool
    unchanged_level: bool
    termination_assessed: bool


class ExtraIncome(UseAsked):
    """Overspending of 01 or 21 against extra income (§ 11, 4. ledd, nr. 1)."""

    reported_income_ore: OreOrZero
    same_agency: bool
    from_increased_activity: bool
    within_mandate: bool
    binds_later_level: bool


class ToInvestment(UseAsked):
    """Money from 01 to 45 of the same chapter (§ 11, 4. ledd, nr. 2)."""

    to_fund_id: Line
    binds_later_spending: bool
    restricted_ore: OreOrZero | None = None


class Saving(Body):
    """What is saved in one of the years that follow (øre)."""

    year: CalendarYear
    amount_ore: Ore


class InvestmentSavings(UseAsked):
    """Overspending for an investment, saved in the years that follow (§ 11, 4. ledd, nr. 3), with consent."""

    consent_reference: Line | None = None
    savings: Many[Saving]


class CarryOver(UseAsked):
    """Unused money applied for to be carried over, with the accounts of 31 December (§ 5)."""

    unused_ore: OreOrZero
    restricted_ore: OreOrZero | None = None
