-- Remove ids from among those pushed last to the head of a list.
-- KEYS[1]  list
-- ARGV[1]  how many ids to search, from the head
-- ARGV     from the second on: the ids
-- returns  how many were removed
local removed = 0
for i = 2, #ARGV do
  if redis.call('LPOS', KEYS[1], ARGV[i], 'MAXLEN', ARGV[1]) then
    removed = removed + redis.call('LREM', KEYS[1], 1, ARGV[i])
  end
end
return removed
