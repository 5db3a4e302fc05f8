CREATE TABLE dbo.users (
  id int NOT NULL,
  created_at datetime2(3) NOT NULL CONSTRAINT df_users_created_at DEFAULT SYSUTCDATETIME(),
  updated_at datetime2(3) NULL,
  email nvarchar(200) NOT NULL,
  display_name nvarchar(100) NOT NULL,
  CONSTRAINT pk_users PRIMARY KEY (id),
  CONSTRAINT uq_users_email UNIQUE (email)
);
