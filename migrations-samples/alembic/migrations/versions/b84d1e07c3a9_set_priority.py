"""set priority: a data migration"""

from alembic import op

revision = "b84d1e07c3a9"
down_revision = "7a2e9c4f5d10"


def upgrade():
    op.execute("UPDATE tickets SET priority = CASE WHEN subject LIKE 'URGENT%' THEN 1 ELSE 2 END")


def downgrade():
    op.execute("UPDATE tickets SET priority = NULL")
