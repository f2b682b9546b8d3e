-- What a poll needs before it tells anything or adopts, as governance.votes.rule.Rule has it. NULL: the poll was
-- opened before there was this, and the first head of its chain stands for terms without it.
ALTER TABLE polls ADD COLUMN rule TEXT CHECK (rule IS NULL OR json_valid(rule));
