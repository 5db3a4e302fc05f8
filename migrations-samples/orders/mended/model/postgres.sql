CREATE TABLE customers (
  id bigint GENERATED ALWAYS AS IDENTITY,
  email varchar(200) NOT NULL,
  full_name varchar(200) NOT NULL,
  active boolean NOT NULL DEFAULT true,
  created_at timestamp(3) NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
  phone varchar(40),
  CONSTRAINT pk_customers PRIMARY KEY (id),
  CONSTRAINT uq_customers_email UNIQUE (email)
);
COMMENT ON TABLE customers IS 'People and companies that order';

CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY,
  customer_id bigint NOT NULL,
  state varchar(20) NOT NULL DEFAULT 'new',
  placed_at timestamp(3) NOT NULL,
  note text,
  CONSTRAINT pk_orders PRIMARY KEY (id),
  CONSTRAINT fk_orders_customers FOREIGN KEY (customer_id) REFERENCES customers (id),
  CONSTRAINT ck_orders_state CHECK (state IN ('new', 'paid', 'shipped'))
);
CREATE INDEX ix_orders_customer ON orders (customer_id, placed_at DESC);

CREATE TABLE order_lines (
  order_id bigint NOT NULL,
  line_number integer NOT NULL,
  article varchar(60) NOT NULL,
  quantity integer NOT NULL DEFAULT 1,
  price numeric(12, 2) NOT NULL,
  CONSTRAINT pk_order_lines PRIMARY KEY (order_id, line_number),
  CONSTRAINT fk_order_lines_orders FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
  CONSTRAINT ck_order_lines_price CHECK (price >= 0)
);
CREATE INDEX ix_customers_phone ON customers (phone) WHERE phone IS NOT NULL;
