"""add priority"""

import sqlalchemy as sa
from alembic import op

revision = "7a2e9c4f5d10"
down_revision = "3f1c0a6d2b71"


def upgrade():
    op.add_column("tickets", sa.Column("priority", sa.Integer, nullable=True))


def downgrade():
    op.drop_column("tickets", "priority")
