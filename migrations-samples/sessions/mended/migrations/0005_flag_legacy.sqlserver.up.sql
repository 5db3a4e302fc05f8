-- Sessions that exist are from before the new login; those to come are not.
ALTER TABLE dbo.sessions ADD legacy bit NOT NULL CONSTRAINT df_sessions_legacy DEFAULT 1;
GO
ALTER TABLE dbo.sessions DROP CONSTRAINT IF EXISTS df_sessions_legacy;
GO
ALTER TABLE dbo.sessions ADD CONSTRAINT df_sessions_legacy DEFAULT 0 FOR legacy;
GO
