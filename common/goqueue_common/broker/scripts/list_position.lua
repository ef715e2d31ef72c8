-- Where an id lies in a list, counted from the tail, and what is popped after it.
-- KEYS[1]  list
-- ARGV[1]  id
-- ARGV[2]  how many ids to search, from the tail
-- ARGV[3]  how many of the ids that are popped after it to return
-- returns  {number of ids up to it, itself included; {ids popped after it, the first one first}}; nil: it is not there
local index = redis.call('LPOS', KEYS[1], ARGV[1], 'RANK', -1, 'MAXLEN', ARGV[2])
if not index then
  return nil
end
local later = {}
if index > 0 then
  local ids = redis.call('LRANGE', KEYS[1], math.max(index - ARGV[3], 0), index - 1)
  for i = #ids, 1, -1 do
    later[#later + 1] = ids[i]
  end
end
return {redis.call('LLEN', KEYS[1]) - index, later}
