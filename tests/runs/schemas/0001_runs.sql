-- A database of version 0001_runs with one run, as sqlite3's .dump; never edited.
PRAGMA application_id = 1178824545;
BEGIN TRANSACTION;
CREATE TABLE baselines (
    run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    t_s REAL NOT NULL,
    kind TEXT NOT NULL,
    view TEXT NOT NULL,
    azimuth_deg REAL,
    lean_deg REAL,
    twist_deg REAL,
    json TEXT NOT NULL,
    PRIMARY KEY (run, number)
) WITHOUT ROWID;
INSERT INTO "baselines" VALUES(1,1,15.0,'learned','oblique',45.2,2.0,28.0,'{}');
CREATE TABLE cues (
    run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    t_s REAL NOT NULL,
    kind TEXT NOT NULL,
    fault TEXT NOT NULL,
    text TEXT NOT NULL,
    measure TEXT,
    value REAL,
    limit_ REAL,
    mended_s REAL,
    PRIMARY KEY (run, number)
) WITHOUT ROWID;
INSERT INTO "cues" VALUES(1,1,20.0,'cue','forward_lean','Stand taller','',11.0,8.0,40.0);
CREATE TABLE episodes (
    run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    fault TEXT NOT NULL,
    measure TEXT NOT NULL,
    begun_s REAL NOT NULL,
    ended_s REAL,
    value_max REAL,
    limit_ REAL,
    mended INTEGER,
    PRIMARY KEY (run, number)
) WITHOUT ROWID;
INSERT INTO "episodes" VALUES(1,1,'forward_lean','',20.0,40.0,11.0,8.0,1);
CREATE TABLE events (
    run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    t_s REAL NOT NULL,
    kind TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (run, number)
) WITHOUT ROWID;
INSERT INTO "events" VALUES(1,1,0.5,'runner_found','{"confidence": 0.7}');
CREATE TABLE migrations (name TEXT PRIMARY KEY, applied_utc TEXT NOT NULL);
INSERT INTO "migrations" VALUES('0001_runs','2026-10-08T00:00:00Z');
CREATE TABLE pain (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    t_utc TEXT NOT NULL,
    runner TEXT NOT NULL DEFAULT '',
    level INTEGER NOT NULL CHECK (level BETWEEN 0 AND 10),
    place TEXT NOT NULL DEFAULT '',
    run INTEGER REFERENCES runs (id) ON DELETE SET NULL,
    note TEXT NOT NULL DEFAULT ''
);
INSERT INTO "pain" VALUES(1,'2026-10-08T19:00:00Z','anna',4,'between the shoulder blades',1,'');
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid TEXT NOT NULL UNIQUE,
    runner TEXT NOT NULL DEFAULT '',
    begun_utc TEXT,
    ended_utc TEXT,
    clock_ok INTEGER NOT NULL,
    closed TEXT NOT NULL CHECK (closed IN ('open', 'end', 'power')),
    duration_s REAL NOT NULL,
    seen_s REAL NOT NULL,
    running_s REAL NOT NULL,
    seen_share REAL,
    steps INTEGER NOT NULL,
    cadence_spm REAL,
    view TEXT NOT NULL,
    azimuth_deg REAL,
    confidence REAL,
    software TEXT NOT NULL,
    model TEXT NOT NULL,
    model_sha256 TEXT NOT NULL,
    settings_sha256 TEXT NOT NULL,
    speed_kmh REAL,
    shoes INTEGER REFERENCES shoes (id) ON DELETE SET NULL,
    poses_bytes INTEGER,
    strides_kept INTEGER NOT NULL DEFAULT 1
);
INSERT INTO "runs" VALUES(1,'6f1c2a7e-0000-4000-8000-000000000001','anna','2026-10-08T17:03:20Z','2026-10-08T17:33:20Z',1,'end',1800.0,1790.0,1750.0,0.9944,4985,171.0,'oblique',45.2,0.79,'0.1.0','movenet','ab','5e',10.5,1,123456,1);
CREATE TABLE settings (sha256 TEXT PRIMARY KEY, toml TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "settings" VALUES('5e','[camera]
source = "auto"
');
CREATE TABLE shoes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    runner TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL,
    foot TEXT NOT NULL DEFAULT '',
    bought_utc TEXT,
    retired_utc TEXT,
    limit_km REAL NOT NULL,
    before_km REAL NOT NULL DEFAULT 0
);
INSERT INTO "shoes" VALUES(1,'anna','blue','neutral','2026-05-01T00:00:00Z',NULL,500.0,20.0);
CREATE TABLE strides (
    run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    stride INTEGER NOT NULL,
    t_s REAL NOT NULL,
    view TEXT NOT NULL,
    azimuth_deg REAL,
    confidence REAL,
    cadence_spm REAL,
    lean_deg REAL,
    twist_deg REAL,
    raised_pct REAL,
    rounded_pct REAL,
    head_forward_pct REAL,
    yaw_left_deg REAL,
    yaw_right_deg REAL,
    lean REAL,
    lean_limit REAL,
    lean_clear REAL,
    shoulders REAL,
    shoulders_limit REAL,
    shoulders_clear REAL,
    shoulders_measure TEXT,
    twist REAL,
    twist_limit REAL,
    twist_clear REAL,
    PRIMARY KEY (run, stride)
) WITHOUT ROWID;
INSERT INTO "strides" VALUES(1,1,3.2,'oblique',45.2,0.79,171.0,2.0,NULL,NULL,NULL,NULL,NULL,NULL,2.0,8.0,5.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "strides" VALUES(1,2,3.90000000000000035527e+00,'oblique',45.2,0.79,171.0,5.0,NULL,NULL,NULL,NULL,NULL,NULL,5.0,8.0,5.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "strides" VALUES(1,3,4.6,'oblique',45.2,0.79,171.0,8.0,NULL,NULL,NULL,NULL,NULL,NULL,8.0,8.0,5.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "strides" VALUES(1,4,5.3,'oblique',45.2,0.79,171.0,11.0,NULL,NULL,NULL,NULL,NULL,NULL,11.0,8.0,5.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE tallies (
    run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    fault TEXT NOT NULL,
    watched_s REAL NOT NULL,
    on_s REAL NOT NULL,
    strides INTEGER NOT NULL,
    out_strides INTEGER NOT NULL,
    value_mean REAL,
    cues INTEGER NOT NULL,
    mended INTEGER NOT NULL,
    PRIMARY KEY (run, fault)
) WITHOUT ROWID;
INSERT INTO "tallies" VALUES(1,'forward_lean',1700.0,20.0,4,1,6.5,1,1);
CREATE INDEX runs_open ON runs (closed) WHERE closed = 'open';
CREATE INDEX runs_runner ON runs (runner, id);
CREATE INDEX pain_runner ON pain (runner, t_utc);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('runs',1);
INSERT INTO "sqlite_sequence" VALUES('shoes',1);
INSERT INTO "sqlite_sequence" VALUES('pain',1);
COMMIT;
