DROP INDEX ix_sessions_user ON dbo.sessions;
GO
ALTER TABLE dbo.sessions ALTER COLUMN user_name nvarchar(200) NOT NULL;
GO
CREATE INDEX ix_sessions_user ON dbo.sessions (user_name);
GO
