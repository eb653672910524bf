"""Files: their bytes changed, put under another name, or taken away, by whoever owns the tables."""

from tests.faults.planted.rows import by_the_owner

PAID = "SELECT sha256 FROM grants.payment_file"
FROZEN = "SELECT encode(min(sha256), 'hex') FROM grants.letter_file"
SENT = "SELECT encode(min(letter_sha256), 'hex') FROM notifications.release"
FILES = (
    by_the_owner("every grant letter's bytes taken away", "DELETE FROM grants.letter_file", r"{at}", FROZEN),
    by_the_owner(
        "a grant letter's bytes put under another name",
        "UPDATE grants.letter_file SET content = content || 'x', sha256 = sha256(content || 'x')"
        " WHERE encode(sha256, 'hex') = '{at}'",
        r"{at}",
        FROZEN,
    ),
    by_the_owner("every payment file taken away", "DELETE FROM grants.payment_file", r"{at}", PAID),
    by_the_owner(
        "a payment file's bytes put under another name",
        "UPDATE grants.payment_file SET content = content || 'x', sha256 = encode(sha256(content || 'x'), 'hex')",
        r"{at}",
        PAID,
    ),
    by_the_owner(
        "a payment file of another batch", "UPDATE grants.payment_file SET batch_id = gen_random_uuid()", r"{at}", PAID
    ),
    by_the_owner(
        "the bytes that left changed",
        "UPDATE notifications.letter_file SET content = content || 'x' WHERE encode(sha256, 'hex') = '{at}'",
        r"{at}",
        SENT,
    ),
    by_the_owner(
        "the bytes that left taken away",
        "DELETE FROM notifications.letter_file WHERE encode(sha256, 'hex') = '{at}'",
        r"{at}",
        SENT,
    ),
    by_the_owner(
        "another account number on every payee",
        "UPDATE grants.payee_account SET account_number = '86011117955'",
        r"{at}",
        "SELECT id FROM grants.payee_account",
    ),
    by_the_owner(
        "another holder of a payee's account",
        "UPDATE grants.payee_account SET organisation_number = '987879696'",
        r"{at}",
        "SELECT id FROM grants.payee_account",
    ),
    by_the_owner(
        "a payee's account taken away",
        "DELETE FROM grants.payee_account WHERE id = '{at}'",
        r"{at}",
        "SELECT id FROM grants.payee_account",
    ),
    by_the_owner(
        "a payee's account erased, and no fact says so",
        "UPDATE grants.payee_account SET account_number = NULL, salt = NULL, erased_at = clock_timestamp()",
        r"payee account {at} is erased and no fact says so",
        "SELECT id FROM grants.payee_account",
    ),
    by_the_owner(
        "another name in the register of staff",
        "UPDATE grants.staff SET name = 'Ole'",
        r"member of staff {at} is not the one that was bound",
        "SELECT id FROM grants.staff",
    ),
    by_the_owner(
        "a member of staff taken out of the register",
        "DELETE FROM grants.staff WHERE id = '{at}'",
        r"member of staff {at} is gone",
        "SELECT id FROM grants.staff",
    ),
    by_the_owner(
        "another contact person",
        "UPDATE grants.contact SET name = 'Ole'",
        r"contact {at} is not the one that was bound",
        "SELECT id FROM grants.contact",
    ),
    by_the_owner(
        "a contact person taken away",
        "DELETE FROM grants.contact WHERE id = '{at}'",
        r"contact {at} is gone",
        "SELECT id FROM grants.contact",
    ),
)
