CREATE TABLE users (
  id integer NOT NULL,
  created_at timestamp(3) NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
  updated_at timestamp(3),
  email varchar(200) NOT NULL,
  display_name varchar(100) NOT NULL,
  CONSTRAINT pk_users PRIMARY KEY (id),
  CONSTRAINT uq_users_email UNIQUE (email)
);
