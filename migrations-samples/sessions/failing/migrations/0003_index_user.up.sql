CREATE INDEX ix_sessions_user ON sessions (user_name);
