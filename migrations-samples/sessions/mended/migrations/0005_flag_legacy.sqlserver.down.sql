ALTER TABLE dbo.sessions DROP CONSTRAINT df_sessions_legacy;
GO
ALTER TABLE dbo.sessions DROP COLUMN legacy;
GO
