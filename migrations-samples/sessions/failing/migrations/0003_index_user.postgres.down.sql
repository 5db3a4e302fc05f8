DROP INDEX ix_sessions_user;
