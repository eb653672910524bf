"""Where a test reads a clock, sleeps, or waits less than patience asks, by name and with its reason. An entry leaves
when the wait does."""

SHORT: dict[str, str] = {
    "tests/conftest.py:drop": "a moment between two looks, of which there are few: PostgreSQL waits itself after them",
    "tests/contracts/test_notifications_feed.py:"
    "test_the_stand_in_tells_what_it_is_asked_to_in_order_and_refuses_the_rest": "the poll is let begin before it is"
    " told anything; where it has not, less is shown",
    "tests/dashboard/pages/test_exports.py:peak_of": "a reader who says nothing more, ended with the answer",
    "tests/dashboard/test_news.py:test_however_many_ask_the_database_is_asked_once": "so long takes the stand-in"
    " for the database, and the others come meanwhile",
    "tests/dashboard/test_news.py:test_many_readers_at_once_share_a_few_connections": "counts while they read, and"
    " ends with them",
    "tests/eventlog/test_aside.py:test_one_at_a_time": "spans of work are held against each other, and no bound",
    "tests/eventlog/test_clocks.py:test_others_taking_their_time_is_no_disagreement_of_clocks": "must not be answered"
    " while another holds the turn, which is for longer than clocks may be apart",
    "tests/eventlog/test_ending.py:losing": "a task that ends only when it is cancelled",
    "tests/eventlog/test_sweeping.py:test_it_goes_on_and_says_why": "nothing must happen any more: twenty rounds' time",
    "tests/faults/letters_at_work.py:CutLog.append": "the moment of an append in which a worker dies",
    "tests/faults/letters_at_work.py:end_with": "a worker looks whether its parent has gone, for as long as it lives",
    "tests/faults/letters_at_work.py:parts": "the service's own patience with a carrier, short so that it runs out",
    "tests/faults/letters_in_rounds.py:Stage.start": "the moment at which a worker is killed",
    "tests/faults/letters_in_rounds.py:Stage.tend": "whether the moment has come at which a worker is killed",
    "tests/faults/letters_in_rounds.py:wait_until_quiet": "tends its workers between two looks, as patiently as all",
    "tests/faults/test_dead_connections.py:test_the_first_who_asks_after_an_outage_is_served": "must fail while the"
    " database is away, and each failure is waited for",
    "tests/faults/test_good_beside_bad.py:Story.p99": "measures, beside a measure of the same run",
    "tests/faults/test_good_beside_bad.py:is_slow": "a receiver that is slow",
    "tests/faults/test_killed_in_mid_command.py:Desk.insist": "a pause before the same command is sent again",
    "tests/faults/test_killed_in_mid_command.py:kill": "the others come to wait too; where they do not, less is shown",
    "tests/faults/test_lost_connection.py:"
    "test_commands_that_wait_while_the_database_is_away_are_recorded_when_it_is_back": "nothing must be answered"
    " meanwhile",
    "tests/faults/parted_services.py:Parish.__init__": "who is not answered over a parted wire asks again, and"
    " goes on asking with the patience of all",
    "tests/faults/parted_services.py:carried": "a carrier looks into its outbox for as long as it works",
    "tests/faults/test_parted_services.py:"
    "test_in_the_end_both_tell_the_same_story": "time for what goes wrong to go wrong",
    "tests/faults/test_side_by_side.py:Locks._look": "looks at locks for as long as the play lasts",
    "tests/faults/test_side_by_side.py:"
    "test_the_last_release_and_the_next_work_side_by_side": "how long the play lasts is what is asked of it",
    "tests/faults/test_silent_primary.py:test_who_waits_on_purpose_is_not_given_up": "nothing must come meanwhile",
    "tests/faults/test_silent_standby.py:"
    "test_what_was_answered_is_there_when_the_primary_is_lost": "patience, cut short",
    "tests/faults/test_silent_standby.py:quiet_for": "nothing must be answered meanwhile",
    "tests/faults/test_silent_standby.py:"
    "test_an_earlier_answer_is_given_again_only_when_the_standby_has_it": "must not be answered while the standby is"
    " silent",
    "tests/faults/test_stopping.py:test_who_waits_for_a_message_is_let_go_and_the_service_ends": "time for polls to be"
    " open; where they are not, less is shown",
    "tests/faults/webhook_receivers.py:drips": "a receiver that drips",
    "tests/faults/webhook_receivers.py:drips_headers": "a receiver that drips",
    "tests/faults/webhook_receivers.py:hangs": "a receiver that hangs",
    "tests/faults/test_year_seen.py:demonstration": "a look each second at what plays for minutes",
    "tests/faults/test_workers_killed.py:slowly": "a receiver that is slow, so that something is under way at a kill",
    "tests/faults/test_workers_killed.py:test_workers_are_killed_and_every_message_arrives": "the moment of a kill",
    "tests/grants/round/test_others_are_answered.py:longest_turn": "measures a share of what it measures",
    "tests/inbox/test_following.py:"
    "test_a_follower_that_is_cut_off_anywhere_takes_each_message_once": "the moment at which a follower is cut off",
    "tests/process/test_back_soon.py:pauses": "what stands in for waiting, and notes for how long",
    "tests/remembered_tokens.py:Remembering.mint": "how old a token is, which nobody waits for",
    "tests/sandbox/readings.py:kill_template": "what is ended from outside",
    "tests/sandbox/readings.py:sleep": "what is ended from outside",
}

DYING = "when a node dies, and how soon others are back, is what is played and measured there (`make failover`)"
SHORT |= dict.fromkeys(
    [
        "tests/failover/cluster.py:Cluster.switch_over",
        "tests/failover/cluster.py:Node.state",
        "tests/failover/deaths.py:away_for_long",
        "tests/failover/deaths.py:frozen",
        "tests/failover/deaths.py:node_gone",
        "tests/failover/deaths.py:postgres_gone",
        "tests/failover/deaths.py:quorum_lost",
        "tests/failover/deaths.py:session_ended_while_cut",
        "tests/failover/deaths.py:switched_over",
        "tests/failover/deaths.py:wait_writable",
        "tests/failover/letters.py:Letters._order",
        "tests/failover/load.py:Load._insist",
        "tests/failover/load.py:Load._note",
        "tests/failover/processes.py:Process.metric",
        "tests/failover/processes.py:Process.ready",
        "tests/failover/processes.py:Watch._ask",
        "tests/failover/test_failover.py:test_nothing_that_was_answered_is_lost_whatever_dies",
        "tests/failover/test_failover.py:wait_until_enough",
    ],
    DYING,
)

MEASURED = "load that comes from a schedule, and what it does, is what is played and measured there"
SHORT |= dict.fromkeys(
    [
        "tests/faults/from_schedule.py:Callers._ask",
        "tests/faults/from_schedule.py:Callers.closed",
        "tests/faults/from_schedule.py:Callers.open",
        "tests/faults/test_load_from_schedule.py:Watched._watch",
        "tests/faults/test_load_from_schedule.py:"
        "test_half_of_the_peak_is_taken_and_three_times_too_much_is_shed_and_nothing_acknowledged_is_lost",
    ],
    MEASURED,
)
