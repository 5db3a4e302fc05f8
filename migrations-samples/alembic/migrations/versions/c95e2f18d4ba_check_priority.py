"""check priority"""

from alembic import op

revision = "c95e2f18d4ba"
down_revision = "b84d1e07c3a9"


def upgrade():
    op.create_check_constraint("ck_tickets_priority", "tickets", "priority IN (1, 2)")
    op.create_index("ix_tickets_priority", "tickets", ["priority"])


def downgrade():
    op.drop_index("ix_tickets_priority", table_name="tickets")
    op.drop_constraint("ck_tickets_priority", "tickets", type_="check")
