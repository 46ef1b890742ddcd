BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	actor TEXT NOT NULL, 
	role TEXT NOT NULL, 
	action TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	detail JSON NOT NULL, 
	CONSTRAINT pk_audit PRIMARY KEY (id)
);
INSERT INTO "audit" VALUES(1,'2026-11-23 08:30:00.000000','李工','planner','plan.create','P1','{"version": 1, "added": 2, "changed": 0, "removed": 0}');
INSERT INTO "audit" VALUES(2,'2026-11-23 09:30:00.000000','王工','planner','plan.edit','P1','{"version": 2, "added": 1, "changed": 0, "removed": 1}');
INSERT INTO "audit" VALUES(3,'2026-11-23 09:30:00.000000','王工','planner','plan.undo','P1','{"version": 3, "added": 1, "changed": 0, "removed": 1}');
INSERT INTO "audit" VALUES(4,'2026-11-23 08:30:00.000000','李工','planner','plan.copy','P2','{"version": 1, "added": 2, "changed": 0, "removed": 0, "from": "P1"}');
INSERT INTO "audit" VALUES(5,'2026-11-23 08:30:00.000000','李工','planner','plan.status','P2','{"version": 2, "before": "draft", "after": "retired"}');
INSERT INTO "audit" VALUES(6,'2026-11-23 09:30:00.000000','王工','planner','export','P1','{"formats": ["geojson"]}');
CREATE TABLE checklist_answers (
	serial INTEGER NOT NULL, 
	school_id TEXT NOT NULL, 
	post TEXT NOT NULL, 
	question VARCHAR(80) NOT NULL, 
	answer VARCHAR(16) NOT NULL, 
	answered_on DATE NOT NULL, 
	note TEXT, 
	actor TEXT NOT NULL, 
	role TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_checklist_answers PRIMARY KEY (serial)
);
CREATE TABLE evidence (
	serial INTEGER NOT NULL, 
	item_serial INTEGER NOT NULL, 
	sha256 VARCHAR(64), 
	takes_back INTEGER, 
	caption TEXT, 
	taken_on DATE, 
	lon DOUBLE, 
	lat DOUBLE, 
	actor TEXT NOT NULL, 
	role TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_evidence PRIMARY KEY (serial), 
	CONSTRAINT uq_evidence_takes_back UNIQUE (takes_back), 
	CONSTRAINT fk_evidence_item_serial FOREIGN KEY(item_serial) REFERENCES ledger_items (serial), 
	CONSTRAINT fk_evidence_sha256 FOREIGN KEY(sha256) REFERENCES evidence_files (sha256), 
	CONSTRAINT fk_evidence_takes_back FOREIGN KEY(takes_back) REFERENCES evidence (serial)
);
CREATE TABLE evidence_files (
	sha256 VARCHAR(64) NOT NULL, 
	media_type VARCHAR(64) NOT NULL, 
	width INTEGER NOT NULL, 
	height INTEGER NOT NULL, 
	content BLOB NOT NULL, 
	CONSTRAINT pk_evidence_files PRIMARY KEY (sha256)
);
CREATE TABLE ledger_history (
	item_serial INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	step VARCHAR(16) NOT NULL, 
	"before" JSON NOT NULL, 
	"after" JSON NOT NULL, 
	reason TEXT, 
	actor TEXT NOT NULL, 
	role TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_ledger_history PRIMARY KEY (item_serial, version), 
	CONSTRAINT fk_ledger_history_item_serial FOREIGN KEY(item_serial) REFERENCES ledger_items (serial)
);
CREATE TABLE ledger_items (
	serial INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	extensions INTEGER NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	source VARCHAR(16) NOT NULL, 
	found_on DATE NOT NULL, 
	title TEXT NOT NULL, 
	departments_main TEXT NOT NULL, 
	departments_support TEXT NOT NULL, 
	refs JSON NOT NULL, 
	outcome VARCHAR(16), 
	net VARCHAR(16), 
	grade VARCHAR(16), 
	place_kind VARCHAR(16), 
	source_key VARCHAR(300), 
	live_key VARCHAR(300), 
	meeting_serial INTEGER, 
	closed_on DATE, 
	deadline DATE, 
	measure TEXT, 
	area_code TEXT, 
	place_id TEXT, 
	school_id TEXT, 
	rule_id TEXT, 
	department_lead TEXT, 
	post TEXT, 
	note TEXT, 
	lon DOUBLE, 
	lat DOUBLE, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, 
	created_by TEXT NOT NULL, 
	changed_by TEXT NOT NULL, 
	CONSTRAINT pk_ledger_items PRIMARY KEY (serial), 
	CONSTRAINT uq_ledger_items_live_key UNIQUE (live_key), 
	CONSTRAINT fk_ledger_items_meeting_serial FOREIGN KEY(meeting_serial) REFERENCES meetings (serial)
);
CREATE TABLE meeting_decisions (
	meeting_serial INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	item_serial INTEGER, 
	actor TEXT NOT NULL, 
	role TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_meeting_decisions PRIMARY KEY (meeting_serial, number), 
	CONSTRAINT fk_meeting_decisions_meeting_serial FOREIGN KEY(meeting_serial) REFERENCES meetings (serial), 
	CONSTRAINT fk_meeting_decisions_item_serial FOREIGN KEY(item_serial) REFERENCES ledger_items (serial)
);
CREATE TABLE meetings (
	serial INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	title TEXT NOT NULL, 
	held_on DATE NOT NULL, 
	agenda JSON NOT NULL, 
	term_serial INTEGER, 
	snapshot_serial INTEGER, 
	place TEXT, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, 
	created_by TEXT NOT NULL, 
	changed_by TEXT NOT NULL, 
	CONSTRAINT pk_meetings PRIMARY KEY (serial), 
	CONSTRAINT fk_meetings_term_serial FOREIGN KEY(term_serial) REFERENCES terms (serial), 
	CONSTRAINT fk_meetings_snapshot_serial FOREIGN KEY(snapshot_serial) REFERENCES snapshots (serial)
);
CREATE TABLE plan_changes (
	plan_serial INTEGER NOT NULL, 
	step INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	"before" JSON, 
	"after" JSON, 
	CONSTRAINT pk_plan_changes PRIMARY KEY (plan_serial, step, number), 
	CONSTRAINT fk_plan_changes_plan_serial FOREIGN KEY(plan_serial, step) REFERENCES plan_steps (plan_serial, step)
);
INSERT INTO "plan_changes" VALUES(1,1,1,NULL,'{"treatment_id": "hump", "kind": "hump", "candidate_id": "a", "site_id": null, "segment_id": null, "chainage_m": null, "side": "both", "approach_bearing_deg": null, "school_id": null, "hazard_id": null, "quantity": 1.0, "unit": "each", "cost_yuan": 8000.0, "cost_low_yuan": 5000.0, "cost_high_yuan": 12000.0, "clauses": "", "refused_by": "", "verify_on_site": "", "origin": "optimised", "note": "㵲水", "geometry": "0101000000CDCCCCCCCC6C5B40CDCCCCCCCC4C3C40"}');
INSERT INTO "plan_changes" VALUES(1,1,2,NULL,'{"treatment_id": "hump", "kind": "hump", "candidate_id": "b", "site_id": null, "segment_id": null, "chainage_m": 12.5, "side": "both", "approach_bearing_deg": null, "school_id": null, "hazard_id": null, "quantity": 1.0, "unit": "each", "cost_yuan": 8000.0, "cost_low_yuan": 5000.0, "cost_high_yuan": 12000.0, "clauses": "", "refused_by": "", "verify_on_site": "", "origin": "optimised", "note": null, "geometry": "0101000000CDCCCCCCCC6C5B40CDCCCCCCCC4C3C40"}');
INSERT INTO "plan_changes" VALUES(1,2,2,'{"treatment_id": "hump", "kind": "hump", "candidate_id": "b", "site_id": null, "segment_id": null, "chainage_m": 12.5, "side": "both", "approach_bearing_deg": null, "school_id": null, "hazard_id": null, "quantity": 1.0, "unit": "each", "cost_yuan": 8000.0, "cost_low_yuan": 5000.0, "cost_high_yuan": 12000.0, "clauses": "", "refused_by": "", "verify_on_site": "", "origin": "optimised", "note": null, "geometry": "0101000000CDCCCCCCCC6C5B40CDCCCCCCCC4C3C40"}',NULL);
INSERT INTO "plan_changes" VALUES(1,2,3,NULL,'{"treatment_id": "hump", "kind": "hump", "candidate_id": null, "site_id": null, "segment_id": null, "chainage_m": null, "side": "both", "approach_bearing_deg": null, "school_id": null, "hazard_id": null, "quantity": 1.0, "unit": "each", "cost_yuan": 8000.0, "cost_low_yuan": 5000.0, "cost_high_yuan": 12000.0, "clauses": "", "refused_by": "", "verify_on_site": "", "origin": "optimised", "note": "手加", "geometry": "0101000000CDCCCCCCCC6C5B40CDCCCCCCCC4C3C40"}');
INSERT INTO "plan_changes" VALUES(1,3,2,NULL,'{"treatment_id": "hump", "kind": "hump", "candidate_id": "b", "site_id": null, "segment_id": null, "chainage_m": 12.5, "side": "both", "approach_bearing_deg": null, "school_id": null, "hazard_id": null, "quantity": 1.0, "unit": "each", "cost_yuan": 8000.0, "cost_low_yuan": 5000.0, "cost_high_yuan": 12000.0, "clauses": "", "refused_by": "", "verify_on_site": "", "origin": "optimised", "note": null, "geometry": "0101000000CDCCCCCCCC6C5B40CDCCCCCCCC4C3C40"}');
INSERT INTO "plan_changes" VALUES(1,3,3,'{"treatment_id": "hump", "kind": "hump", "candidate_id": null, "site_id": null, "segment_id": null, "chainage_m": null, "side": "both", "approach_bearing_deg": null, "school_id": null, "hazard_id": null, "quantity": 1.0, "unit": "each", "cost_yuan": 8000.0, "cost_low_yuan": 5000.0, "cost_high_yuan": 12000.0, "clauses": "", "refused_by": "", "verify_on_site": "", "origin": "optimised", "note": "手加", "geometry": "0101000000CDCCCCCCCC6C5B40CDCCCCCCCC4C3C40"}',NULL);
INSERT INTO "plan_changes" VALUES(2,1,1,NULL,'{"treatment_id": "hump", "kind": "hump", "candidate_id": "a", "site_id": null, "segment_id": null, "chainage_m": null, "side": "both", "approach_bearing_deg": null, "school_id": null, "hazard_id": null, "quantity": 1.0, "unit": "each", "cost_yuan": 8000.0, "cost_low_yuan": 5000.0, "cost_high_yuan": 12000.0, "clauses": "", "refused_by": "", "verify_on_site": "", "origin": "optimised", "note": "㵲水", "geometry": "0101000000CDCCCCCCCC6C5B40CDCCCCCCCC4C3C40"}');
INSERT INTO "plan_changes" VALUES(2,1,2,NULL,'{"treatment_id": "hump", "kind": "hump", "candidate_id": "b", "site_id": null, "segment_id": null, "chainage_m": 12.5, "side": "both", "approach_bearing_deg": null, "school_id": null, "hazard_id": null, "quantity": 1.0, "unit": "each", "cost_yuan": 8000.0, "cost_low_yuan": 5000.0, "cost_high_yuan": 12000.0, "clauses": "", "refused_by": "", "verify_on_site": "", "origin": "optimised", "note": null, "geometry": "0101000000CDCCCCCCCC6C5B40CDCCCCCCCC4C3C40"}');
CREATE TABLE plan_devices (
	plan_serial INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	treatment_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	side TEXT NOT NULL, 
	unit TEXT NOT NULL, 
	clauses TEXT NOT NULL, 
	refused_by TEXT NOT NULL, 
	verify_on_site TEXT NOT NULL, 
	origin TEXT NOT NULL, 
	candidate_id TEXT, 
	site_id TEXT, 
	segment_id TEXT, 
	school_id TEXT, 
	hazard_id TEXT, 
	note TEXT, 
	quantity DOUBLE NOT NULL, 
	cost_yuan DOUBLE NOT NULL, 
	cost_low_yuan DOUBLE NOT NULL, 
	cost_high_yuan DOUBLE NOT NULL, 
	chainage_m DOUBLE, 
	approach_bearing_deg DOUBLE, 
	geometry BLOB NOT NULL, 
	CONSTRAINT pk_plan_devices PRIMARY KEY (plan_serial, number), 
	CONSTRAINT fk_plan_devices_plan_serial FOREIGN KEY(plan_serial) REFERENCES plans (serial)
);
INSERT INTO "plan_devices" VALUES(1,1,'hump','hump','both','each','','','','optimised','a',NULL,NULL,NULL,NULL,'㵲水',1.0,8000.0,5000.0,12000.0,NULL,NULL,X'0101000000CDCCCCCCCC6C5B40CDCCCCCCCC4C3C40');
INSERT INTO "plan_devices" VALUES(1,2,'hump','hump','both','each','','','','optimised','b',NULL,NULL,NULL,NULL,NULL,1.0,8000.0,5000.0,12000.0,12.5,NULL,X'0101000000CDCCCCCCCC6C5B40CDCCCCCCCC4C3C40');
INSERT INTO "plan_devices" VALUES(2,1,'hump','hump','both','each','','','','optimised','a',NULL,NULL,NULL,NULL,'㵲水',1.0,8000.0,5000.0,12000.0,NULL,NULL,X'0101000000CDCCCCCCCC6C5B40CDCCCCCCCC4C3C40');
INSERT INTO "plan_devices" VALUES(2,2,'hump','hump','both','each','','','','optimised','b',NULL,NULL,NULL,NULL,NULL,1.0,8000.0,5000.0,12000.0,12.5,NULL,X'0101000000CDCCCCCCCC6C5B40CDCCCCCCCC4C3C40');
CREATE TABLE plan_steps (
	plan_serial INTEGER NOT NULL, 
	step INTEGER NOT NULL, 
	action VARCHAR(16) NOT NULL, 
	undoes_step INTEGER, 
	parameters_before JSON, 
	parameters_after JSON, 
	actor TEXT NOT NULL, 
	role TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_plan_steps PRIMARY KEY (plan_serial, step), 
	CONSTRAINT fk_plan_steps_plan_serial FOREIGN KEY(plan_serial) REFERENCES plans (serial)
);
INSERT INTO "plan_steps" VALUES(1,1,'create',NULL,NULL,NULL,'李工','planner','2026-11-23 08:30:00.000000');
INSERT INTO "plan_steps" VALUES(1,2,'edit',NULL,NULL,NULL,'王工','planner','2026-11-23 09:30:00.000000');
INSERT INTO "plan_steps" VALUES(1,3,'undo',2,NULL,NULL,'王工','planner','2026-11-23 09:30:00.000000');
INSERT INTO "plan_steps" VALUES(2,1,'copy',NULL,NULL,NULL,'李工','planner','2026-11-23 08:30:00.000000');
CREATE TABLE plans (
	serial INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	devices_issued INTEGER NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	live_name VARCHAR(80), 
	status VARCHAR(16) NOT NULL, 
	parameters JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, 
	created_by TEXT NOT NULL, 
	changed_by TEXT NOT NULL, 
	CONSTRAINT pk_plans PRIMARY KEY (serial), 
	CONSTRAINT uq_plans_live_name UNIQUE (live_name)
);
INSERT INTO "plans" VALUES(1,3,3,'春季方案','春季方案','draft','{"budget_yuan": 2000000.0, "as_of": "2026-11-23", "options": {"floors": ["red"]}}','2026-11-23 08:30:00.000000','2026-11-23 09:30:00.000000','李工','王工');
INSERT INTO "plans" VALUES(2,2,2,'另存',NULL,'retired','{"budget_yuan": 2000000.0, "as_of": "2026-11-23", "options": {"floors": ["red"]}}','2026-11-23 08:30:00.000000','2026-11-23 08:30:00.000000','李工','李工');
CREATE TABLE snapshot_tables (
	snapshot_serial INTEGER NOT NULL, 
	rows INTEGER NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	content BLOB NOT NULL, 
	CONSTRAINT pk_snapshot_tables PRIMARY KEY (snapshot_serial, name), 
	CONSTRAINT fk_snapshot_tables_snapshot_serial FOREIGN KEY(snapshot_serial) REFERENCES snapshots (serial)
);
CREATE TABLE snapshots (
	serial INTEGER NOT NULL, 
	stamp JSON NOT NULL, 
	actor TEXT NOT NULL, 
	role TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_snapshots PRIMARY KEY (serial)
);
CREATE TABLE terms (
	serial INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	starts DATE NOT NULL, 
	ends DATE NOT NULL, 
	holidays JSON NOT NULL, 
	gate_times JSON NOT NULL, 
	changed_at DATETIME NOT NULL, 
	changed_by TEXT NOT NULL, 
	CONSTRAINT pk_terms PRIMARY KEY (serial), 
	CONSTRAINT uq_terms_name UNIQUE (name)
);
CREATE TABLE users (
	actor VARCHAR(80) NOT NULL, 
	version INTEGER NOT NULL, 
	role VARCHAR(16) NOT NULL, 
	active BOOLEAN NOT NULL, 
	areas JSON, 
	changed_at DATETIME NOT NULL, 
	changed_by TEXT NOT NULL, 
	CONSTRAINT pk_users PRIMARY KEY (actor)
);
CREATE TABLE workspace_edits (
	serial INTEGER NOT NULL, 
	layer VARCHAR(32) NOT NULL, 
	feature_id TEXT NOT NULL, 
	action VARCHAR(16) NOT NULL, 
	sets JSON NOT NULL, 
	takes_back INTEGER, 
	item_serial INTEGER, 
	geometry BLOB, 
	reason TEXT, 
	actor TEXT NOT NULL, 
	role TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_workspace_edits PRIMARY KEY (serial), 
	CONSTRAINT uq_workspace_edits_takes_back UNIQUE (takes_back), 
	CONSTRAINT fk_workspace_edits_takes_back FOREIGN KEY(takes_back) REFERENCES workspace_edits (serial), 
	CONSTRAINT fk_workspace_edits_item_serial FOREIGN KEY(item_serial) REFERENCES ledger_items (serial)
);
CREATE INDEX ix_evidence_item_serial ON evidence (item_serial);
CREATE INDEX ix_checklist_answers_school_id ON checklist_answers (school_id);
COMMIT;
