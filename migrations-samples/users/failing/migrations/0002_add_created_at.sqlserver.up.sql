ALTER TABLE dbo.users ADD created_at datetime2(3) NOT NULL CONSTRAINT df_users_created_at DEFAULT SYSUTCDATETIME();
