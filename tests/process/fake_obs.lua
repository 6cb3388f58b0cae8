-- Stands for OBS: loads a script as OBS does, and obeys lines on standard input. Each answer is one line on standard output.
--   luajit fake_obs.lua SCRIPT [SETTING=VALUE …]
-- Commands: `status`, `properties`, `press BUTTON`, `tick` (the script's timer), `unload`, `eval LUA` (with the script's own table as
-- `script`).
local path = arg[1]
local defaults, values, timer, buttons, texts = {}, {}, nil, {}, {}
for place = 2, #arg do
    local name, value = arg[place]:match("^(.-)=(.*)$")
    values[name] = value
end

obslua = { LOG_INFO = 300, LOG_WARNING = 200, OBS_TEXT_DEFAULT = 0, OBS_TEXT_INFO = 3, OBS_PATH_FILE = 0 }
function obslua.script_log(_, text) io.stderr:write(text, "\n") end
function obslua.obs_data_set_default_string(_, name, value) defaults[name] = value end
function obslua.obs_data_get_string(_, name) return values[name] or defaults[name] or "" end
function obslua.timer_add(call, _) timer = call end
function obslua.obs_properties_create() return {} end
function obslua.obs_properties_add_text(_, name, text, _) texts[name] = text end
function obslua.obs_properties_add_path(_, name, text, _, _, _) texts[name] = text end
function obslua.obs_properties_add_button(_, name, text, call)
    texts[name], buttons[name] = text, call
end
function obslua.obs_properties_get(_, name) return name end
function obslua.obs_property_set_description(name, text) texts[name] = text end

-- Like a socket of OBS's, this must not stay open in the bridge.
local open = assert(io.open(path, "rb"))
assert(open:setvbuf("no"))

local script = assert(loadfile(path))()
script_description()
local data = {}
script_defaults(data)
script_load(data)
script_update(data)

local function answer(text)
    io.stdout:write((tostring(text):gsub("\n", "; ")), "\n")
    io.stdout:flush()
end

for line in io.lines() do
    local command, rest = line:match("^(%S+) ?(.*)$")
    if command == "status" then
        answer(script.status())
    elseif command == "properties" then
        script_properties()
        answer(texts.status .. ", " .. texts.program .. ", " .. texts.options .. ", " .. texts.start .. ", " .. texts.stop)
    elseif command == "press" then
        script_properties()
        assert(buttons[rest]({}, rest) == true)
        answer(texts.status)
    elseif command == "tick" then
        timer()
        answer(script.status())
    elseif command == "unload" then
        script_unload()
        answer(script.status())
    elseif command == "eval" then
        answer(assert(loadstring("local script = ...; return " .. rest))(script))
    end
end
