ALTER TABLE dbo.sessions DROP CONSTRAINT IF EXISTS df_sessions_legacy;
GO
ALTER TABLE dbo.sessions DROP COLUMN legacy;
GO
