-- One page of the fields of the acks, without their values: results may be large. What is no field of ours is removed.
-- KEYS[1]  acks hash
-- ARGV[1]  cursor, '0' to begin
-- ARGV[2]  about how many fields
-- returns  {next cursor, '0' at the end; {fields `<uuid>:<attempt>`}; number of fields removed}
local HEX = '[0-9a-f]'
local FIELD = '^' .. HEX:rep(8) .. '%-' .. (HEX:rep(4) .. '%-'):rep(3) .. HEX:rep(12) .. ':[1-9]%d*$'
local LONGEST = 36 + 1 + 9 -- more digits are no attempt that PostgreSQL could count

local page = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
local fields, removed = {}, 0
for i = 1, #page[2], 2 do
  local field = page[2][i]
  if #field <= LONGEST and field:find(FIELD) then
    fields[#fields + 1] = field
  else
    removed = removed + redis.call('HDEL', KEYS[1], field)
  end
end
return {page[1], fields, removed}
