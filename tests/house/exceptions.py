"""What departs from the house's rules, by name and with its reason. An entry leaves when the departure does."""

# Files over 220 lines, and functions (file:name) over 45.
LONG: dict[str, str] = {
    "services/dashboard/pages/deadlines.py": "one line over: the list and the month are one page, with one filter",
    "services/grants/overview/view.py": "seven lines over: what every page of a year asks of it",
    "services/grants/waiting/money.py": (
        "three lines over: all that waits of an award's money, and the rooms it is asked of"
    ),
    "services/grants/application/receiving.py": "one line over: the four ways an application comes in",
    "services/grants/case/events/application.py": (
        "twenty lines over: all that can happen to an application, and its parts"
    ),
    "services/grants/balance/view.py": "what is asked of posts, funds and entries; each question is a few lines of SQL",
    "services/grants/budget_year/events/allocation.py": (
        "all that can happen to a year's allocation; each is a few lines"
    ),
}

# Files of a room that are not one of the names every room has.
ROOM_FILES = {
    "services/grants/allocation/authority/authorities.py": (
        "which authorities of chapter 6 are in force, and how far they reach"
    ),
    "services/grants/allocation/authority/carry_over.py": "rules of applying for carry-over",
    "services/grants/allocation/authority/commitment_authority.py": ("rules of promising money beyond the budget year"),
    "services/grants/allocation/authority/commitment_authority_routes.py": "those authorities over HTTP",
    "services/grants/allocation/authority/use.py": "the steps every use of an authority takes",
    "services/grants/allocation/correction/taken_away.py": "what a correction takes away, told before it is made",
    "services/grants/allocation/deviation/carried_over.py": "carry-over held against the year before",
    "services/grants/allocation/deviation/cuts.py": "funds a letter leaves with less than is promised of them",
    "services/grants/allocation/deviation/found.py": "a deviation of a letter, and what letters are held against",
    "services/grants/allocation/deviation/leaning.py": "what leans on leave that no letter gives any more",
    "services/grants/allocation/deviation/year.py": (
        "all that is not as it should be in a year: of its letters and its turn"
    ),
    "services/grants/allocation/duty_routes.py": "what letters ask for, over HTTP; reading only",
    "services/grants/allocation/later_years.py": (
        "what of a post's money reaches past its budget year, asked by awards and payments"
    ),
    "services/grants/allocation/letter_file/apart.py": "a transcription read in a process of its own",
    "services/grants/allocation/letter_file/marked_yaml.py": (
        "YAML that knows its line numbers, so that a refusal can point"
    ),
    "services/grants/allocation/letter_file/printed.py": ("an amount as printed, with the precision it was stated in"),
    "services/grants/allocation/letter_file/reading.py": "the file a controller writes, read into a letter",
    "services/grants/allocation/letter_file/shape.py": "the JSON Schema of that file",
    "services/grants/allocation/letter_file/spot.py": ("a place in a transcription, and how values are read off it"),
    "services/grants/allocation/letter_file/transcribed_duties.py": (
        "the part of a transcription that asks and allows, typed"
    ),
    "services/grants/allocation/letter_file/transcription.py": ("a letter's file, from plain values to a typed letter"),
    "services/grants/allocation/lines.py": "which post carries a line of money on, from year to year",
    "services/grants/allocation/movements.py": "what a letter moves on the funds",
    "services/grants/allocation/named_letter.py": (
        "an award on a letter stands on one that is registered, in every room"
    ),
    "services/grants/allocation/preview.py": "what a letter would do, before it is registered",
    "services/grants/allocation/recognition.py": "whether a transcription is of the letter that stands",
    "services/grants/allocation/settlement.py": "rules of settling a difference",
    "services/grants/application/answer_routes.py": "assessing and answering no, over HTTP",
    "services/grants/application/applicant.py": "an applicant's numbers, held against the registers of the day",
    "services/grants/application/assessment.py": "rules of scoring an application, criterion by criterion",
    "services/grants/application/calls.py": "the call that was applied to, as it is published",
    "services/grants/application/contacts/contact.py": (
        "rules of who the contact is, and that they were erased: ids only"
    ),
    "services/grants/application/contacts/contact_routes.py": "contact persons over HTTP; not all of it under a case",
    "services/grants/application/contacts/contact_rows.py": "the erasable rows of contact persons, beside the log",
    "services/grants/application/content.py": "what is frozen of an application, and its digest",
    "services/grants/application/eligibility.py": "the scheme's typed rules of who may apply, asked one by one",
    "services/grants/application/impartiality.py": "rules of stating impartiality, and who must have",
    "services/grants/application/listing.py": "the read model of applications; view.py shows one case's",
    "services/grants/application/ties/organisation_ties.py": "rules of ties, which stand on the organisation's stream",
    "services/grants/application/outcome.py": "rules of dismissing and rejecting, by two people",
    "services/grants/application/overlaps.py": "which applications of one applicant stand beside each other",
    "services/grants/application/receiving.py": "rules of what comes in: versions, requests for more, late ones",
    "services/grants/application/ties/tie_requests.py": "what ties are recorded and ended with",
    "services/grants/application/ties/tie_routes.py": "ties over HTTP; under the organisation, not a case",
    "services/grants/award/approval.py": "proposing and approving an award, alone or in a round",
    "services/grants/award/award_import.py": "rules of awards that were decided before the system existed",
    "services/grants/award/import_routes.py": "those awards over HTTP",
    "services/grants/award/letter_bounds.py": (
        "how much a proposal can say in its letter, by the bounds of all letters"
    ),
    "services/grants/award/payment_plan.py": (
        "the payment plan and reports a scheme gives an award, alone or in a round"
    ),
    "services/grants/award/preparing.py": "an award as asked for, made whole by what its scheme says",
    "services/grants/award/proposal.py": "what a proposal must hold",
    "services/grants/award_change/limits.py": "on which ground and how far a promise can be changed",
    "services/grants/award_change/recipient.py": "rules of what the recipient says: accepts, refuses, asks",
    "services/grants/award_change/year_end.py": "rules of what the end of the budget year does to a promise",
    "services/grants/award_change/year_end_routes.py": "the end of a budget year over HTTP; recorded case by case",
    "services/grants/back_dating/acts.py": "which days of which facts are of something done now: the whole table",
    "services/grants/back_dating/bases.py": "what each day builds on, as a table",
    "services/grants/back_dating/beginning.py": "the day this system began, which its log bounds",
    "services/grants/back_dating/floors.py": ("what bounds a day from below where no earlier fact of its stream does"),
    "services/grants/back_dating/guard.py": "where every decision of the service is held to its day",
    "services/grants/back_dating/order.py": "what each day of a fact builds on, and how far ahead one is planned",
    "services/grants/balance/digest.py": "one hash of all balances, to compare two replays by",
    "services/grants/balance/kinds.py": "which kinds of facts do something to money, to posts or to limits",
    "services/grants/balance/limits.py": "what a command does to the limits that many cases share",
    "services/grants/balance/movements.py": ("which movements an event makes: the same for live, rebuild and as-of"),
    "services/grants/balance/sums.py": "how far sums of amounts go, in rounds and on funds",
    "services/grants/budget_year/carried_on_lines.py": (
        "for which fund a letter carries money over, a rule of reckoning"
    ),
    "services/grants/budget_year/differences.py": ("what a letter states against what it adds up to, and its status"),
    "services/grants/budget_year/duties.py": "assignments, deadlines and restrictions, read off the letters",
    "services/grants/budget_year/letter.py": "a letter as a value: what it states, line by line",
    "services/grants/budget_year/letter_checks.py": (
        "what a transcription must satisfy in itself, before it is a letter"
    ),
    "services/grants/budget_year/letter_duties.py": "what a letter asks for and allows, as values",
    "services/grants/budget_year/printed_figure.py": "a figure with its precision, and where it is printed",
    "services/grants/budget_year/reckoning.py": "adds up what the letters say",
    "services/grants/budget_year/reconciliation.py": "compares what is stated with what it adds up to",
    "services/grants/budget_year/tree.py": "how the ids of funds lie under each other",
    "services/grants/case/application_versions.py": (
        "which version of an application counts, for its room and for the award"
    ),
    "services/grants/case/commitment.py": "the sum three rooms share, instalment by instalment",
    "services/grants/case/commitment_refusals.py": "why an act on that sum cannot be as asked",
    "services/grants/case/disputes.py": "the money an undecided complaint holds fast, whatever room asks",
    "services/grants/case/doubles_kept.py": "what meets of names and vouchers, kept by two rooms and listed by a third",
    "services/grants/case/granted_application.py": "the application as an award knows it",
    "services/grants/case/hearing.py": "how whoever loses by a decision is heard, in withholding and in changes",
    "services/grants/case/informed.py": "when a recipient knows of its award, whatever room asks",
    "services/grants/case/letters_out.py": "which letters are out and what they tell of, whatever room asks",
    "services/grants/case/moves.py": "what each room's facts do to the instalments of a promise",
    "services/grants/case/number_guard.py": (
        "where a number recorded for the first time is held against the registers"
    ),
    "services/grants/case/periods.py": ("the months of a period, read from files and counted where they are recorded"),
    "services/grants/case/until_informed.py": "the door of a case, for what its recipient has to know of first",
    "services/grants/case/presupposed.py": ("which facts presuppose that a recipient knows, whatever room they are in"),
    "services/grants/case/recipient_remarks.py": "what stands out in whom an act names, whatever room it is of",
    "services/grants/case/reductions.py": "what of a promise falls away, whatever room decided it",
    "services/grants/case/stream_projection.py": "read models whose rows follow from one case's whole stream",
    "services/grants/case/ties.py": ("who is tied to an organisation: recorded by application, kept by the case file"),
    "services/grants/case_view/answer.py": "a case in one answer, each room's part under its name",
    "services/grants/case_view/awaited_letter.py": (
        "since when a letter is awaited, for the list of cases and whom is told"
    ),
    "services/grants/case_view/list_projection.py": "one case of that list, from every room's events",
    "services/grants/case_view/list_row.py": "one case of that list, and the table it is kept in",
    "services/grants/case_view/lists.py": "what an answer holds of each list of a case, and the rest in pages",
    "services/grants/case_view/listing.py": "the list of cases, asked by what they are and where they stand",
    "services/grants/case_view/sought.py": "what is sought by the version that counts, for the list of cases",
    "services/grants/case_view/timeline.py": "who did what, when and why, in a case",
    "services/grants/case_view/timeline_titles.py": "what each fact of a case is called where people read it",
    "services/grants/complaint/admission.py": "rules of taking a late complaint up, and of turning one away",
    "services/grants/complaint/arrival.py": "rules of a complaint's form and time, and of its withdrawal",
    "services/grants/complaint/decision.py": "which facts of other rooms are decisions that can be complained of",
    "services/grants/complaint/follow_up.py": "the acts of other rooms that must follow a reversal",
    "services/grants/complaint/handling.py": "rules of suspensive effect, reversal, forwarding and outcome",
    "services/grants/complaint/handling_routes.py": "what is decided of a complaint that is taken up, over HTTP",
    "services/grants/complaint/party.py": "rules of another coming in the party's place",
    "services/grants/complaint/steps.py": "one complaint and the steps taken in it; the rules read it",
    "services/grants/deadline/calls.py": "the deadlines of a scheme's calls",
    "services/grants/deadline/money.py": "the deadlines of an award's money, asked of its rules",
    "services/grants/deadline/naming.py": "under which key each deadline of a letter goes, for good",
    "services/grants/deadline/occurrences.py": "the days of what a letter asks for again and again",
    "services/grants/deadline/telling.py": "what is new is found and told, as a task of the process",
    "services/grants/deadline/year.py": "the deadlines of a year's letters",
    "services/grants/disbursement/attestation.py": (
        "rules of finding an instalment right to pay, and of taking that back"
    ),
    "services/grants/disbursement/batch/account_rows.py": (
        "account numbers in rows that can be erased, and the files they were written into"
    ),
    "services/grants/disbursement/batch/accounting.py": (
        "the port to the accounting system, and the directory behind it"
    ),
    "services/grants/disbursement/batch/hand_over.py": ("a batch's file on its way to accounting, also after a crash"),
    "services/grants/disbursement/batch/payment_file.py": "the bytes that accounting is asked with",
    "services/grants/disbursement/batch/receipts.py": "rules of what accounting answers",
    "services/grants/disbursement/blocks.py": "everything that stands in the way of a payment, in one order",
    "services/grants/disbursement/budget_years.py": ("which year a payment belongs to, and what a later one covers"),
    "services/grants/disbursement/history.py": "rules of payments from before this system",
    "services/grants/disbursement/pay_out/sweep.py": "pay-out deadlines held against the ledger, every hour",
    "services/grants/disbursement/payment_lists.py": "queries on the rows of payments, and their reconciliation",
    "services/grants/disbursement/payments.py": "the read model of payments and batches",
    "services/grants/grant_letter/content.py": "what a grant letter says, and the eight parts it may not lack",
    "services/grants/grant_letter/delivery.py": ("rules of what the feed tells of a letter: it is out, it has arrived"),
    "services/grants/grant_letter/freezing.py": "rules of freezing a letter for the proposal that waits",
    "services/grants/grant_letter/imported_release.py": "rules of letters released before the system existed",
    "services/grants/grant_letter/imported_release_routes.py": ("letters that went out before this system, over HTTP"),
    "services/grants/grant_letter/letterhead.py": "who sends the letters, read from a file",
    "services/grants/grant_letter/own_texts.py": "what a letter says where there is no scheme to say it",
    "services/grants/grant_letter/permit/being_sent.py": ("what any room is answered while a letter is on its way out"),
    "services/grants/grant_letter/permit/sendable.py": "whether a letter tells of the award as it stands",
    "services/grants/grant_letter/permit/topics.py": "which facts of a case make its letter wrong: one table",
    "services/grants/grant_letter/press.py": "where letters are assembled, set and kept",
    "services/grants/grant_letter/signatories.py": "whom a letter names, and when it must",
    "services/grants/grant_letter/signatory_responses.py": "what is answered of whom a letter names",
    "services/grants/grant_letter/signed.py": "who prepared and decided what a letter tells",
    "services/grants/grant_letter/store.py": "where frozen letters are kept, by the digest of their bytes",
    "services/grants/grant_letter/typesetter.py": "the process that sets letters: a program of its own",
    "services/grants/grant_letter/typesetting.py": ("those processes, asked from the event loop, each within its time"),
    "services/grants/overview/recipients/by_case.py": "what the list comes to where it is added up case by case",
    "services/grants/overview/recipients/by_sums.py": "what the list comes to where sums are kept",
    "services/grants/overview/sums/moves.py": "how each fact of an award moves what is summed",
    "services/grants/overview/sums/projection.py": "the read model of those sums, and how it is filled",
    "services/grants/overview/course.py": "a post's year, day by day, looked up and not added up",
    "services/grants/overview/ledger.py": "a post's ledger, newest first and some entries at a time",
    "services/grants/overview/letter_lines.py": "what a letter says, line by line",
    "services/grants/overview/letter_moves.py": "what letters moved on a post, and what they demand",
    "services/grants/overview/one_post.py": "all that is asked of one post, as of two times",
    "services/grants/overview/promised.py": "a post's lines, and what is promised on each",
    "services/grants/overview/told_deviations.py": (
        "what stands and is amiss, without what the ministry is not told of"
    ),
    "services/grants/held_over/unpaid.py": "the question of what was not paid when a year ended",
    "services/grants/recipient_report/before_settlement.py": "what must be answered before an award is settled",
    "services/grants/recipient_report/check_routes.py": "a report's two checks over HTTP",
    "services/grants/recipient_report/checking.py": "rules of the two checks of a report",
    "services/grants/recipient_report/closing.py": "when a case is closed",
    "services/grants/recipient_report/control.py": "rules of choosing a case for control, and of what it found",
    "services/grants/recipient_report/draw.py": "the lottery that anybody can repeat",
    "services/grants/recipient_report/overpayment.py": "what came back or is claimed back, as settling needs it",
    "services/grants/recipient_report/receiving.py": "rules of a report's versions and its deadline",
    "services/grants/recipient_report/reminder.py": "the schedule of reminders",
    "services/grants/recipient_report/settlement.py": "rules of settling an award, by two people",
    "services/grants/recipient_report/settlement_routes.py": "control, settlement and closing over HTTP",
    "services/grants/registers/account_numbers.py": "account numbers and their check digit",
    "services/grants/registers/municipalities.py": "municipality numbers and the days each held",
    "services/grants/registers/number_ranges.py": "which numbers the registers have given, as dated data",
    "services/grants/registers/organisation_numbers.py": "the check digit of organisation numbers",
    "services/grants/round/batch.py": "an imported batch: its lines, or every fault in it",
    "services/grants/round/batch_file/apart.py": "a batch file read in a process of its own, and what comes over",
    "services/grants/round/batch_file/batch_cells.py": "one cell of a batch file, read exactly",
    "services/grants/round/batch_file/cells.py": "what a cell of a batch file holds, before it is asked what for",
    "services/grants/round/batch_file/csv_lines.py": "a CSV file taken apart, whatever program wrote it",
    "services/grants/round/batch_file/number_formats.py": "what a format makes of a number on the screen",
    "services/grants/round/batch_file/sheet.py": "a sheet's rows out of its XML, in order and once",
    "services/grants/round/batch_file/sheet_places.py": (
        "where a sheet's XML holds something, to hold what was read against"
    ),
    "services/grants/round/batch_file/sheet_values.py": "what a cell of a sheet says, as an exact value",
    "services/grants/round/batch_file/table.py": "a batch file, CSV or XLSX, as rows of cells",
    "services/grants/round/batch_file/workbook.py": "an XLSX file opened safely",
    "services/grants/round/batch_file/workbook_parts.py": (
        "a workbook unpacked within bounds, and its one sheet found"
    ),
    "services/grants/round/bounds.py": "what a round's lines may come to together",
    "services/grants/round/line_routes.py": "lines proposed and batches imported, over HTTP",
    "services/grants/round/per_capita.py": "what a per-capita line must hold",
    "services/grants/round/proposing.py": "lines as asked for, made whole by their scheme",
    "services/grants/round/recorded_before.py": "months that are taken, and numbers that awards have used",
    "services/grants/round/remarks.py": "what stands out in a file's names and numbers, to be confirmed",
    "services/grants/round/each_case.py": "one decision in a round and in each of its cases",
    "services/grants/scheme/call_routes.py": "calls on a scheme over HTTP",
    "services/grants/scheme/languages.py": "a scheme's own texts in the form of language a letter is written in",
    "services/grants/scheme/letter_bounds.py": (
        "how much a letter can say and in which signs, wherever its texts are written"
    ),
    "services/grants/scheme/policy_routes.py": "the notice policy of a scheme over HTTP: proposed, confirmed or not",
    "services/grants/scheme/plan.py": "what a scheme asks before it pays, and when its reports fall due",
    "services/grants/scheme/plan_conditions.py": "what the instalments of any plan wait for, and in which order",
    "services/grants/scheme/terms.py": "what terms must hold in themselves, at registration and before a call",
    "services/grants/waiting/cover.py": "what of a task that pays is covered, asked when the inbox is read",
    "services/grants/waiting/letters.py": "what waits of an award's letter, asked of its rules",
    "services/grants/waiting/money.py": "what waits of an award's money, asked of its rules",
    "services/grants/waiting/reports.py": (
        "what waits of reports, controls and the end of a case, asked of their rules"
    ),
    "services/grants/waiting/case_facts.py": "a case's facts, asked the questions that tell what is left to do",
    "services/grants/waiting/task.py": "one thing to be done, as a value",
    "services/grants/waiting/terms.py": "the terms a case's proposal stands under, found on its scheme's stream",
    "services/grants/withholding/claims.py": "what is paid and what of it is claimed back, folded",
    "services/grants/withholding/reasons.py": (
        "what any decision against the recipient takes: reasons, a hearing, two"
    ),
    "services/grants/withholding/reclaim.py": "rules of claiming paid money back",
    "services/grants/withholding/reclaim_routes.py": "reclaims and repayments over HTTP",
    "services/grants/withholding/repayment.py": "rules of settling a reclaim",
    "services/grants/withholding/warning.py": "rules of the prior warning",
    "services/notifications/acts/answers.py": "a notice and a letter, as answers show them",
    "services/notifications/acts/periods.py": (
        "periods that end before they begin, of deadlines and of what failed alike"
    ),
    "services/notifications/grants_feed/lost_policies.py": "notice policies that grants lost and that still count",
    "services/notifications/channel/lost_span.py": "asked of the log before each try: what a restore may have lost",
    "services/notifications/channel/arkivmelding.py": ("the archive message that goes with a sending in eFormidling"),
    "services/notifications/channel/carriers.py": "the channels this service has, as its settings say",
    "services/notifications/channel/conversation.py": (
        "what an integration point tells of a message, and what it means"
    ),
    "services/notifications/channel/eformidling.py": "the channel to an integration point",
    "services/notifications/channel/file_outbox.py": "the channel that is a directory",
    "services/notifications/channel/permits.py": "grants' word, asked at each try to send a letter",
    "services/notifications/channel/port.py": "what every channel can be asked",
    "services/notifications/channel/post.py": "what the sender needs to know of what it sends",
    "services/notifications/channel/rests.py": "how long each stream is let alone, and how much longer what is refused",
    "services/notifications/channel/sender.py": "the task that sends what is released and ordered",
    "services/notifications/channel/smtp.py": "the channel of e-mail",
    "services/notifications/deadline/alerts.py": "what receivers are told of a deadline at a moment",
    "services/notifications/deadline/subscriptions/calendar_entries.py": (
        "which edition of each entry calendars were given"
    ),
    "services/notifications/deadline/subscriptions/calendar_routes.py": (
        "calendars over HTTP; a program that reads has a token"
    ),
    "services/notifications/deadline/subscriptions/calendars.py": (
        "rules of who opens a calendar, and what a token opens"
    ),
    "services/notifications/deadline/deadline.py": "a deadline as a value, whichever service it comes from",
    "services/notifications/deadline/digests/digest.py": "when a role's daily digest is sent, and what it says",
    "services/notifications/deadline/digests/digest_post.py": "the task that sends the digests, by the mail server",
    "services/notifications/deadline/finding.py": ("what happened elsewhere to a deadline is recorded, by the sweep"),
    "services/notifications/deadline/heard.py": "what grants told of deadlines, and what people record of them",
    "services/notifications/deadline/subscriptions/icalendar_file.py": "a role's deadlines as iCalendar",
    "services/notifications/deadline/listing.py": "what is asked of the register, by whoever lists or looks",
    "services/notifications/deadline/of_notices.py": "the deadlines of notices and of letters that owe none",
    "services/notifications/deadline/sweep.py": "the task that looks at deadlines and tells of them",
    "services/notifications/deadline/threshold_responses.py": "what is answered of those days, as typed bodies",
    "services/notifications/deadline/threshold_routes.py": "the days people are told on, over HTTP",
    "services/notifications/deadline/thresholds.py": "the days people are told on, and which has passed",
    "services/notifications/gate/certificate.py": "what an auditor verifies of one letter, without the service",
    "services/notifications/gate/counting.py": "how the ministry's days are counted",
    "services/notifications/gate/decision.py": (
        "whether something may leave, from what is held and every notice of it"
    ),
    "services/notifications/gate/digest.py": "all that the gate stands on as one text, for signed checkpoints",
    "services/notifications/gate/ground_messages.py": (
        "how the ground something left on is told in messages of several rooms"
    ),
    "services/notifications/gate/openings.py": "when a received notice opens what it lists, after objections too",
    "services/notifications/gate/planned_day.py": "the day a notice or a publication is planned for, by one rule",
    "services/notifications/gate/reading.py": ("what the gate is asked about, read from the log and the gate's tables"),
    "services/notifications/grants_feed/decisions.py": ("what is made of grants' messages of decisions on an award"),
    "services/notifications/held/file_fetcher.py": "the task that fetches the bytes of held letters",
    "services/notifications/held/file_store.py": "where the bytes of letters and notices are kept",
    "services/notifications/notice/document.py": "the notice as the ministry reads it",
    "services/notifications/notice/gathering.py": "which letters a notice is to list, by round, scheme or name",
    "services/notifications/notice/ministry_routes.py": "the ministry's own acts on a notice, over HTTP",
    "services/notifications/notice/notice_post.py": "ordered notices, as the sender sends them",
    "services/notifications/notice/objections.py": "rules of what the ministry says to a notice",
    "services/notifications/notice/sending.py": "rules of sending a notice",
    "services/notifications/publication/acts.py": "a publication let out: decided with the gate, answered",
    "services/notifications/receiver/addresses.py": "which addresses a receiver may have",
    "services/notifications/receiver/outbox.py": (
        "messages to receivers outside, put in the outbox by whatever room has any"
    ),
    "services/notifications/release/acts.py": "a letter let out: ordered, decided with the gate, answered",
    "services/notifications/release/letter_post.py": "released letters, as the sender sends them",
    "services/notifications/release/sweep.py": "the task that lets out what is ordered and has come to its time",
    "services/notifications/webhook/sending/claims.py": "deliveries as the database lends them to workers",
    "services/notifications/webhook/sending/composing.py": "a message as it is sent",
    "services/notifications/webhook/delivery_log/deliveries.py": "what an endpoint is told, read by its numbers",
    "services/notifications/webhook/sending/delivering.py": "the task that delivers",
    "services/notifications/webhook/delivery_log/delivery_requests.py": (
        "what is asked of what an endpoint is told, as typed bodies"
    ),
    "services/notifications/webhook/delivery_log/delivery_responses.py": "what is answered of what an endpoint is told",
    "services/notifications/webhook/delivery_log/delivery_routes.py": "what endpoints are told over HTTP",
    "services/notifications/webhook/following.py": "the task that reads the log for what is to be told",
    "services/notifications/webhook/messages_of_facts.py": ("what receivers are told of facts of notices and letters"),
    "services/notifications/webhook/delivery_log/numbers.py": (
        "an endpoint's numbers as they are answered, and whose they are"
    ),
    "services/notifications/webhook/sending/reaching.py": "one request to a receiver, at an address that was looked at",
    "services/notifications/webhook/delivery_log/recovering.py": "of which time what failed may be sent again",
    "services/notifications/webhook/sending/retry_after.py": "how long a receiver asks to be left alone for",
    "services/notifications/webhook/sending/schedule.py": "when a delivery is tried again",
    "services/notifications/webhook/sending/sealing.py": "what signs for each endpoint, sealed",
    "services/notifications/webhook/shown_once.py": "a secret beside the answer that made it",
    "services/notifications/webhook/sending/signing.py": "signatures as Standard Webhooks has them",
    "services/notifications/webhook/sending/endpoint_check.py": (
        "how long a worker may go by what it knew of an endpoint"
    ),
    "services/notifications/webhook/delivery_log/streaming.py": "the same messages as Server-Sent Events",
    "services/notifications/webhook/delivery_log/hearing.py": "who hears a message that is streamed",
    "services/notifications/webhook/delivery_log/pulling.py": "an endpoint's messages to whoever asks for them",
    "services/notifications/webhook/sending/trying.py": "one try to deliver, and what follows of it at once",
}
# The dashboard is pages: templates, words and drawings, no events and no rules; and who may see them, which is neither.
ROOMS_OF_THEIR_OWN_SHAPE = {
    "services/dashboard/charts",
    "services/dashboard/pages",
    "services/dashboard/sign_in",
    "services/dashboard/words",
}

# Files that stand between the rooms of a service, beside main.py, worker.py, wiring.py and settings.py.
BETWEEN_ROOMS = {
    "services/grants/restoring.py": "a command of whoever runs grants: the log goes on without lost facts (0083)",
    "services/notifications/restoring.py": "the same for the log of notifications",
    "services/grants/outbox.py": "a command of whoever runs grants: payment requests leave by another folder (0093)",
    "services/notifications/outbox.py": "the same for letters and notices",
    "services/grants/resuming.py": "the same: a feed is gone on with whose log was brought back (0090)",
    "services/notifications/resuming.py": "the same for the feed of grants",
    "services/dashboard/end_sessions.py": (
        "a command of whoever runs the dashboard: somebody is signed out everywhere"
    ),
}

# Where a check is told to look away: (file, what is silenced).
LEFT_OUT = {
    # In two halves, as in test_tidy.py.
    (
        "tests/notifications/channel/test_arkivmelding.py",
        "pytest.sk" + "ip",
    ): "a public standard is others' file, kept beside the project; without it the test says that it did not run",
    ("tests/faults/test_disk_full.py", "pytest.mark.sk" + "ip"): "only root can make a small disk to be filled",
}

SILENCED = {
    ("tests/faults/test_server_killed.py", "arg-type"): "a log that only writes needs no reading pool",
    ("tests/faults/test_server_killed.py", "BLE001"): "whoever waits for the writers is told what ended them",
    ("tests/faults/test_nothing_left.py", "arg-type"): "a log that only writes needs no reading pool",
    ("tests/lost_grounds/test_over_http.py", "arg-type"): "a log that only writes needs no reading pool",
    ("services/eventlog/connections/pool.py", "ASYNC109"): (
        "the library's own parameter, of a method that is the library's"
    ),
    ("tests/process/test_back_soon.py", "ASYNC109"): "the same, of the library that is stood in for",
    ("tests/faults/test_read_at_a_standby.py", "arg-type"): "a log that only writes needs no reading pool",
    ("tests/failover/held.py", "misc"): "a value bound in a loop, which mypy cannot infer in a lambda",
    ("tests/failover/letters.py", "arg-type"): "a log that only writes needs no reading pool",
    ("tests/failover/load.py", "BLE001"): "whoever waits for the callers is told what ended them",
    ("services/dashboard/words/spoken.py", "N802"): "the name by which the tools of gettext find what is marked",
    (
        "services/grants/round/batch_file/workbook.py",
        "BLE001",
    ): "whatever a broken workbook makes the library raise is refused",
    ("tests/grants/round/test_per_capita.py", "arg-type"): "settings handed on by name",
    ("tests/grants/round/test_per_capita.py", "DTZ001"): "a spreadsheet's own times have no zone",
    ("tests/grants/round/test_what_if.py", "arg-type"): "a kind given as plain text where the event names its few",
    ("tests/grants/round/round.py", "arg-type"): "a kind given as plain text where the event names its few",
    ("tests/grants/round/rounds.py", "arg-type"): "a log that only writes needs no reading pool",
    ("tests/conftest.py", "arg-type"): "None among the modules is how Python is told that one is not there",
    ("tests/journeys/duties/on_cases.py", "arg-type"): "a log that only writes needs no reading pool",
    ("tests/faults/test_held_log.py", "arg-type"): "a log that only writes needs no reading pool",
    ("dev/contracts.py", "ARG002"): "the library's signature",
    ("dev/verifying/views.py", "BLE001"): "whatever a changed log makes a read model fail with is a fault to be told",
    ("services/eventlog/projections/projector.py", "BLE001"): (
        "whatever it was, the batch was rolled back and is tried again"
    ),
    ("services/eventlog/projections/projector.py", "assignment"): (
        "SQLAlchemy does not type the driver's own connection"
    ),
    ("services/eventlog/projections/runner.py", "BLE001"): "a thread that dies in silence is the worst answer",
    ("services/process/schema.py", "BLE001"): "what no longer fits the schema may fail as it ends, and has ended",
    ("services/eventlog/writing/writer.py", "BLE001"): "whatever happens, no caller is left waiting",
    ("services/eventlog/background/sweeping.py", "BLE001"): "a sweep that dies in silence is the worst answer",
    ("services/grants/deadline/telling.py", "BLE001"): "a case that cannot be told holds up no other",
    ("services/notifications/deadline/sweep.py", "BLE001"): "a deadline that cannot be told holds up no other",
    ("services/inbox/follower.py", "BLE001"): "a follower that dies in silence is the worst answer",
    ("services/inbox/taking.py", "BLE001"): "our own mistake about one message must not hold up the others",
    ("services/httpapi/server.py", "override"): "uvicorn types the transport more loosely than asyncio gives it",
    ("tests/grants/test_life_of_a_case.py", "arg-type"): "a log that only writes needs no reading pool",
    (
        "tests/grants/grant_letter/permit_mutants.py",
        "arg-type",
    ): "a case of the permit's where one of the gate's is",
    (
        "tests/notifications/leaving/permit_mutants.py",
        "arg-type",
    ): "a case of the permit's where one of the gate's is",
    ("tests/grants/grant_letter/permitted.py", "arg-type"): "a log that only writes needs no reading pool",
    ("tests/grants/award/letter_routes.py", "arg-type"): "a log that only writes needs no reading pool",
    ("tests/faults/test_tie_in_the_same_moment.py", "arg-type"): "a log that only writes needs no reading pool",
    ("tests/grants/balance/limits.py", "arg-type"): "a log that only writes needs no reading pool",
    ("tests/journeys/test_before_the_letter.py", "arg-type"): "a log that only writes needs no reading pool",
    ("tests/httpapi/test_service.py", "list-item"): "hands the service what it must refuse",
    ("bench/appending.py", "misc"): "mypy cannot infer a lambda with a default",
    ("tests/eventlog/played.py", "arg-type"): "a kind given as plain text where the event names its few",
    (
        "tests/eventlog/test_chain.py",
        "DTZ001",
    ): "hypothesis takes bounds without a zone; the zone is set on what it draws",
    ("tests/eventlog/test_checkpoint.py", "arg-type"): "settings handed on by name",
    ("tests/eventlog/test_export.py", "operator"): "one of several changes to the lines, each of its own type",
    ("tests/eventlog/projector.py", "arg-type"): "settings handed on by name",
    ("tests/grants/award/test_change_routes.py", "arg-type"): "a log that only writes needs no reading pool",
    ("tests/faults/service.py", "arg-type"): "a log that only writes needs no reading pool",
    ("tests/faults/database_roles.py", "return-value"): "psycopg types connection info loosely",
    ("tests/faults/test_eight_writers.py", "no-untyped-def"): "two small functions of the child process",
    ("tests/faults/test_hostile_elsewhere.py", "attr-defined"): "FastAPI types its routes as Starlette's",
    ("tests/faults/test_hostile_elsewhere.py", "dict-item"): "a header sent as bytes, for bytes are what is hostile",
    ("services/notifications/channel/eformidling.py", "ARG002"): "a channel is asked with more than each one needs",
    ("services/notifications/channel/file_outbox.py", "ARG002"): "a channel is asked with more than each one needs",
    ("services/notifications/channel/smtp.py", "ARG002"): "a channel is asked with more than each one needs",
    (
        "services/notifications/channel/sender.py",
        "BLE001",
    ): "it must neither die in silence nor be held up by one sending",
    (
        "services/notifications/release/sweep.py",
        "BLE001",
    ): "it must neither die in silence nor be held up by one letter",
    (
        "services/notifications/webhook/sending/delivering.py",
        "BLE001",
    ): "it must neither die in silence nor be held up by one delivery",
    (
        "services/notifications/webhook/following.py",
        "BLE001",
    ): "it must neither die in silence nor be held up by one fact",
    ("tests/contracts/libraries.py", "BLE001"): "each library refuses in its own ways",
    ("tests/notifications/channel/smtp.py", "N802"): "the library's name",
    ("tests/notifications/channel/smtp.py", "N802, ARG002"): "the library's name and arguments",
}
