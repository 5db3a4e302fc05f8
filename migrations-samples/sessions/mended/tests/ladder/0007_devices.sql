INSERT INTO devices (id, name) VALUES (1, 'phone');
INSERT INTO sessions (id, user_name, device_id) VALUES (6, 'margaret', 1);
