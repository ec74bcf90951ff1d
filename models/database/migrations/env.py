"""Alembic's entry: the database of ``TRIO2O_DATABASE_URL`` and the tables that are declared."""

import asyncio

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from models.database.sqlite import private
from models.database.tables import METADATA
from models.settings import Settings


def _migrate(connection: Connection) -> None:
    # SQLite alters a table by making it anew.
    context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


async def _online() -> None:
    url = Settings().database_url
    if url.startswith("sqlite"):
        private(url)
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        await connection.run_sync(_migrate)
        await connection.commit()
    await engine.dispose()


asyncio.run(_online())
