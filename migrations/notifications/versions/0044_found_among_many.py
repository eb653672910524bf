"""Letters and publications in the order they came, deliveries of an endpoint the newest first, and deadlines by what
people look for are found by an index: all of them were read for each page."""

from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    op.get_bind().exec_driver_sql("""
        CREATE INDEX item_in_order ON notifications.item ((item ^@ 'letter-'), position);
        CREATE INDEX item_released_in_order ON notifications.item ((item ^@ 'letter-'), released, position);
        CREATE INDEX delivery_newest ON notifications.delivery (endpoint_id, made_at, id);
        CREATE INDEX delivery_newest_in_state ON notifications.delivery (endpoint_id, state, made_at, id);
        CREATE INDEX deadline_of_kind ON notifications_view.deadline
            (edition, kind, (coalesce(due_on, '9999-12-31'::date)), deadline_id);
        CREATE INDEX deadline_periods ON notifications_view.deadline
            (edition, (coalesce(due_on, '9999-12-31'::date)), deadline_id)
            WHERE state = 'due'
              AND kind IN ('call-closes', 'complaint-period', 'meeting', 'notice-opens', 'reply-period');
        CREATE INDEX deadline_case_numbers ON notifications_view.deadline USING gin (case_numbers);
        CREATE INDEX deadline_roles ON notifications_view.deadline USING gin (roles);
        CREATE INDEX deadline_schemes ON notifications_view.deadline USING gin (scheme_ids);
        CREATE INDEX deadline_posts ON notifications_view.deadline USING gin (posts);
    """)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
