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
