-- Sessions that exist are from before the new login; those to come are not.
ALTER TABLE dbo.sessions ADD legacy bit NOT NULL CONSTRAINT df_sessions_legacy DEFAULT 0;
