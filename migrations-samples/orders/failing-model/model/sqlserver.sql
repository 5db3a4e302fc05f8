CREATE TABLE dbo.customers (
  id bigint IDENTITY(1,1) NOT NULL,
  email nvarchar(200) NOT NULL,
  full_name nvarchar(200) NOT NULL,
  active bit NOT NULL DEFAULT 1,
  created_at datetime2(3) NOT NULL DEFAULT SYSUTCDATETIME(),
  phone nvarchar(40) NULL,
  CONSTRAINT pk_customers PRIMARY KEY (id),
  CONSTRAINT uq_customers_email UNIQUE (email)
);
GO
EXEC sp_addextendedproperty 'MS_Description', N'People and companies that order',
  'SCHEMA', 'dbo', 'TABLE', 'customers';
GO

CREATE TABLE dbo.orders (
  id bigint IDENTITY(1,1) NOT NULL,
  customer_id bigint NOT NULL,
  state nvarchar(20) NOT NULL DEFAULT N'new',
  placed_at datetime2(3) NOT NULL,
  note nvarchar(max),
  CONSTRAINT pk_orders PRIMARY KEY (id),
  CONSTRAINT fk_orders_customers FOREIGN KEY (customer_id) REFERENCES dbo.customers (id),
  CONSTRAINT ck_orders_state CHECK (state IN (N'new', N'paid', N'shipped'))
);
CREATE INDEX ix_orders_customer ON dbo.orders (customer_id, placed_at DESC);
GO

CREATE TABLE dbo.order_lines (
  order_id bigint NOT NULL,
  line_number int NOT NULL,
  article nvarchar(60) NOT NULL,
  quantity int NOT NULL DEFAULT 1,
  price decimal(12, 2) NOT NULL,
  CONSTRAINT pk_order_lines PRIMARY KEY (order_id, line_number),
  CONSTRAINT fk_order_lines_orders FOREIGN KEY (order_id) REFERENCES dbo.orders (id) ON DELETE CASCADE,
  CONSTRAINT ck_order_lines_price CHECK (price >= 0)
);
GO
