CREATE TABLE users (
  id integer NOT NULL,
  email varchar(200) NOT NULL,
  display_name varchar(100) NOT NULL,
  CONSTRAINT pk_users PRIMARY KEY (id),
  CONSTRAINT uq_users_email UNIQUE (email)
);
