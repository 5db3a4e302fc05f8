DROP INDEX ix_sessions_user ON dbo.sessions;
