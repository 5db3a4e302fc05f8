"""What Alembic runs to reach the database. The URL comes from whoever calls it, paripassu among others."""

import os

from alembic import context
from sqlalchemy import create_engine, pool

url = os.environ["DATABASE_URL"]
options = {}
if url.startswith("mssql"):
    # Babelfish, which stands in for SQL Server in paripassu's own tests, ends the transaction in which SQLAlchemy asks
    # for the isolation level. SQL Server itself needs no AUTOCOMMIT, and its migrations are better off without.
    options["isolation_level"] = "AUTOCOMMIT"

with create_engine(url, poolclass=pool.NullPool, **options).connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
