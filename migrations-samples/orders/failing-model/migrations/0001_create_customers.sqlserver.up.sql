CREATE TABLE dbo.customers (
  id bigint IDENTITY(1,1) NOT NULL,
  email nvarchar(200) NOT NULL,
  full_name nvarchar(200) NOT NULL,
  active bit NOT NULL DEFAULT 1,
  created_at datetime2(3) NOT NULL DEFAULT SYSUTCDATETIME(),
  CONSTRAINT pk_customers PRIMARY KEY (id),
  CONSTRAINT uq_customers_email UNIQUE (email)
);
GO
EXEC sp_addextendedproperty 'MS_Description', N'People and companies that order',
  'SCHEMA', 'dbo', 'TABLE', 'customers';
GO
