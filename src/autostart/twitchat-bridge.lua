-- Starts twitchat-bridge together with OBS, and stops it together with OBS.
--
-- OBS: Tools > Scripts > + > this file. `twitchat-bridge obs-script install` writes it with other options, and writes it again after
-- an update.
-- An OBS that is killed unloads no scripts. So the bridge is started with `--exit-with-obs`, and ends by itself.

local PROGRAM = @PROGRAM@
-- Options that were given to `obs-script install`.
local OPTIONS = @OPTIONS@
local LOG = @LOG@

local obs = obslua
local ffi = require("ffi")
local bit = require("bit")

-- Exit codes after which starting again does not help, and what they mean.
local FINAL = {
    [0] = "the bridge was stopped",
    [2] = "wrong options or settings: try them in a terminal",
    [4] = "OBS refused the password",
    [7] = "OBS is too old",
    [8] = "the bridge was disconnected in OBS's list of sessions",
    [9] = "the journal cannot be used",
}
local OTHER = {
    [3] = "OBS cannot be reached",
    [6] = "another bridge is running",
}
local LOOK_MILLIS = 1000
local RETRY_SECONDS = 5
local RETRIES = 5
-- A bridge that ran for so long had started well.
local STEADY_SECONDS = 60
-- OBS waits for so long for the bridge to stop.
local STOP_MILLIS = 2000
local LARGEST_LOG = 1024 * 1024

-- Splits at spaces; "double quotes" keep a word together.
local function words(text)
    local found, word, quoted = {}, nil, false
    for c in text:gmatch(".") do
        if c == '"' then
            quoted = not quoted
            word = word or ""
        elseif c:match("%s") and not quoted then
            if word then found[#found + 1] = word end
            word = nil
        else
            word = (word or "") .. c
        end
    end
    if word then found[#found + 1] = word end
    return found
end

-- A command line as Windows programs split it again: see CommandLineToArgvW.
local function command_line(arguments)
    local quoted = {}
    for place, argument in ipairs(arguments) do
        if argument == "" or argument:find('[%s"]') then
            argument = argument:gsub('(\\*)"', '%1%1\\"'):gsub("(\\+)$", "%1%1")
            argument = '"' .. argument .. '"'
        end
        quoted[place] = argument
    end
    return table.concat(quoted, " ")
end

---- Processes. A system can: `own_id`, `exists`, `start` (returns a process, or nil and the reason), `poll` (returns nil while the
---- process runs, then its exit code, or false if that is not known), `ask_to_stop`, `sleep_millis`, `release`.

local function posix()
    ffi.cdef([[
        int posix_spawn(int *pid, const char *path, const void *actions, const void *attributes,
                        char *const argv[], char *const envp[]);
        int posix_spawn_file_actions_init(void *actions);
        int posix_spawn_file_actions_destroy(void *actions);
        int posix_spawn_file_actions_addopen(void *actions, int fd, const char *path, int flags, int mode);
        int posix_spawn_file_actions_addclose(void *actions, int fd);
        int posix_spawn_file_actions_addclosefrom_np(void *actions, int from);
        int posix_spawnattr_init(void *attributes);
        int posix_spawnattr_destroy(void *attributes);
        int posix_spawnattr_setflags(void *attributes, short flags);
        int posix_spawnattr_setsigmask(void *attributes, const void *set);
        int sigemptyset(void *set);
        int waitpid(int pid, int *status, int options);
        int kill(int pid, int signal);
        int getpid(void);
        int usleep(unsigned int micros);
        int access(const char *path, int mode);
        int fcntl(int fd, int command, ...);
        char *strerror(int code);
        extern char **environ;
        char ***_NSGetEnviron(void);
    ]])
    local c, is_mac = ffi.C, ffi.os == "OSX"
    local READ_WRITE, EXECUTABLE, TERMINATE, NO_HANG, GET_FLAGS = 2, 1, 15, 1, 1
    local SET_SIGNAL_MASK, CLOSE_ALL_ON_MAC = 0x08, 0x4000
    local system = {}

    local function has(name)
        return (pcall(function() return c[name] end))
    end

    local function environment()
        if has("environ") then return c.environ end
        return c._NSGetEnviron()[0]
    end

    -- The bridge gets none of OBS's files and sockets: a socket that stayed open in it would keep OBS's port.
    local function close_all(actions)
        if has("posix_spawn_file_actions_addclosefrom_np") then
            c.posix_spawn_file_actions_addclosefrom_np(actions, 3)
        elseif not is_mac then
            for fd = 3, 1023 do
                if c.fcntl(fd, GET_FLAGS) ~= -1 then c.posix_spawn_file_actions_addclose(actions, fd) end
            end
        end
    end

    function system.own_id() return c.getpid() end

    function system.exists(program) return c.access(program, EXECUTABLE) == 0 end

    function system.sleep_millis(millis) c.usleep(millis * 1000) end

    function system.start(arguments)
        -- Larger than these types are on any system.
        local actions, attributes, set = ffi.new("int64_t[128]"), ffi.new("int64_t[128]"), ffi.new("int64_t[32]")
        c.posix_spawn_file_actions_init(actions)
        for fd = 0, 2 do
            c.posix_spawn_file_actions_addopen(actions, fd, "/dev/null", READ_WRITE, 0)
        end
        close_all(actions)
        c.posix_spawnattr_init(attributes)
        c.sigemptyset(set)
        c.posix_spawnattr_setsigmask(attributes, set)
        c.posix_spawnattr_setflags(attributes, SET_SIGNAL_MASK + (is_mac and CLOSE_ALL_ON_MAC or 0))

        local argv, texts = ffi.new("char *[?]", #arguments + 1), {}
        for place, argument in ipairs(arguments) do
            texts[place] = ffi.new("char[?]", #argument + 1, argument)
            argv[place - 1] = texts[place]
        end
        local pid = ffi.new("int[1]")
        local code = c.posix_spawn(pid, arguments[1], actions, attributes, argv, environment())
        c.posix_spawnattr_destroy(attributes)
        c.posix_spawn_file_actions_destroy(actions)
        if code ~= 0 then return nil, ffi.string(c.strerror(code)) end
        return { id = pid[0] }
    end

    function system.poll(process)
        local status = ffi.new("int[1]")
        local found = c.waitpid(process.id, status, NO_HANG)
        if found == 0 then return nil end
        if found ~= process.id then return false end
        local signal = bit.band(status[0], 0x7f)
        if signal ~= 0 then return 128 + signal end
        return bit.band(bit.rshift(status[0], 8), 0xff)
    end

    function system.ask_to_stop(process) c.kill(process.id, TERMINATE) end

    function system.release() end

    return system
end

local function windows()
    ffi.cdef([[
        typedef struct {
            uint32_t size; wchar_t *reserved; wchar_t *desktop; wchar_t *title;
            uint32_t x; uint32_t y; uint32_t width; uint32_t height; uint32_t columns; uint32_t rows; uint32_t fill; uint32_t flags;
            uint16_t show; uint16_t reserved_size; uint8_t *reserved_bytes; void *input; void *output; void *error;
        } twitchat_bridge_startup;
        typedef struct { void *process; void *thread; uint32_t process_id; uint32_t thread_id; } twitchat_bridge_process;
        int CreateProcessW(const wchar_t *program, wchar_t *command_line, void *process_security, void *thread_security, int inherit,
                           uint32_t flags, void *environment, const wchar_t *folder, twitchat_bridge_startup *startup,
                           twitchat_bridge_process *process);
        int CloseHandle(void *handle);
        uint32_t WaitForSingleObject(void *handle, uint32_t millis);
        int GetExitCodeProcess(void *process, uint32_t *code);
        uint32_t GetLastError(void);
        uint32_t GetCurrentProcessId(void);
        uint32_t GetFileAttributesW(const wchar_t *path);
        int MultiByteToWideChar(uint32_t page, uint32_t flags, const char *text, int bytes, wchar_t *wide, int size);
        void Sleep(uint32_t millis);
    ]])
    local c = ffi.C
    local UTF_8, NO_WINDOW, RUNS, FOLDER, NO_FILE = 65001, 0x08000000, 0x102, 0x10, 0xffffffff
    local system = {}

    local function wide(text)
        local size = c.MultiByteToWideChar(UTF_8, 0, text, -1, nil, 0)
        local buffer = ffi.new("wchar_t[?]", size + 1)
        c.MultiByteToWideChar(UTF_8, 0, text, -1, buffer, size)
        return buffer
    end

    function system.own_id() return c.GetCurrentProcessId() end

    function system.exists(program)
        local attributes = c.GetFileAttributesW(wide(program))
        return attributes ~= NO_FILE and bit.band(attributes, FOLDER) == 0
    end

    function system.sleep_millis(millis) c.Sleep(millis) end

    function system.start(arguments)
        local startup, process = ffi.new("twitchat_bridge_startup"), ffi.new("twitchat_bridge_process")
        startup.size = ffi.sizeof(startup)
        -- No handle of OBS is inherited.
        local started = c.CreateProcessW(wide(arguments[1]), wide(command_line(arguments)), nil, nil, 0, NO_WINDOW, nil, nil, startup,
            process)
        if started == 0 then return nil, "Windows error " .. c.GetLastError() end
        c.CloseHandle(process.thread)
        return { id = process.process_id, handle = process.process }
    end

    function system.poll(process)
        if c.WaitForSingleObject(process.handle, 0) == RUNS then return nil end
        local code = ffi.new("uint32_t[1]")
        if c.GetExitCodeProcess(process.handle, code) == 0 then return false end
        return tonumber(code[0])
    end

    -- Without a window and a console there is no signal: the bridge is asked through a file beside its journal.
    function system.ask_to_stop(process)
        local arguments = { process.program, "obs-script", "stop" }
        for _, option in ipairs(process.options) do arguments[#arguments + 1] = option end
        local asking = system.start(arguments)
        if asking then system.release(asking) end
    end

    function system.release(process) c.CloseHandle(process.handle) end

    return system
end

local system = ffi.os == "Windows" and windows() or posix()

---- The bridge.

local settings = { program = PROGRAM, options = "" }
local process, started_at, log_begins
local retries, retry_at = 0, nil
local ended -- Why it does not run.

local function size_of(path)
    local file = io.open(path, "rb")
    if not file then return 0 end
    local size = file:seek("end")
    file:close()
    return size or 0
end

-- What the log of this run says last that is not over: a warning counts until the bridge is connected to OBS.
local function last_problem()
    local file = io.open(LOG, "rb")
    if not file then return nil end
    file:seek("set", math.min(log_begins or 0, size_of(LOG)))
    local problem
    for line in file:lines() do
        local level, text = line:match("^%S+%s+(%u+)%s+(.*)$")
        if level == "WARN" or level == "ERROR" then
            problem = text:gsub("^[%w_:]+: ", ""):gsub("%c", " ")
        elseif level == "INFO" and text:find("connected to OBS", 1, true) then
            problem = nil
        end
    end
    file:close()
    return problem and #problem > 400 and problem:sub(1, 400) .. "…" or problem
end

local function status()
    local text
    if process then
        text = "Running (process " .. process.id .. ")"
    elseif not system.exists(settings.program) then
        return "Not found: " .. settings.program
    else
        text = "Stopped: " .. (ended or "it was not started")
        if retry_at then text = text .. "; it will be started again" end
    end
    local problem = last_problem()
    return problem and text .. "\nLast error: " .. problem or text
end

local function options()
    local all = {}
    for _, option in ipairs(OPTIONS) do all[#all + 1] = option end
    for _, option in ipairs(words(settings.options)) do all[#all + 1] = option end
    return all
end

local function start()
    if process then return end
    retry_at = nil
    if not system.exists(settings.program) then
        obs.script_log(obs.LOG_WARNING, status())
        return
    end
    log_begins = size_of(LOG)
    if log_begins > LARGEST_LOG then
        os.remove(LOG .. ".old")
        os.rename(LOG, LOG .. ".old")
        log_begins = 0
    end
    local arguments = { settings.program, "run", "--exit-with-obs=" .. system.own_id(), "--log-file", LOG }
    local extra = options()
    for _, option in ipairs(extra) do arguments[#arguments + 1] = option end
    local reason
    process, reason = system.start(arguments)
    if process then
        process.program, process.options = settings.program, extra
        started_at, ended = os.time(), nil
    else
        ended = "it cannot be started (" .. reason .. ")"
        obs.script_log(obs.LOG_WARNING, status())
    end
end

-- Notices that the bridge has ended, and starts it again where that may help.
local function look()
    if not process then
        if retry_at and os.time() >= retry_at then start() end
        return
    end
    local code = system.poll(process)
    if code == nil then return end
    system.release(process)
    process = nil
    if os.time() - started_at >= STEADY_SECONDS then retries = 0 end
    ended = FINAL[code] or OTHER[code] or (code and "exit code " .. code or "its exit code is not known")
    if not FINAL[code] and retries < RETRIES then
        retries = retries + 1
        retry_at = os.time() + RETRY_SECONDS
    end
    obs.script_log(code == 0 and obs.LOG_INFO or obs.LOG_WARNING, status())
end

local function stop()
    retries, retry_at = 0, nil
    if not process then return end
    system.ask_to_stop(process)
    for _ = 1, STOP_MILLIS / 20 do
        if system.poll(process) ~= nil then break end
        system.sleep_millis(20)
    end
    -- One that takes longer ends by itself, within 5 s.
    system.release(process)
    process, ended = nil, "it was stopped here"
end

---- What OBS calls.

local function read(data)
    settings.program = obs.obs_data_get_string(data, "program")
    settings.options = obs.obs_data_get_string(data, "options")
end

function script_description()
    return "Starts twitchat-bridge together with OBS, and stops it together with OBS."
end

function script_defaults(data)
    obs.obs_data_set_default_string(data, "program", PROGRAM)
    obs.obs_data_set_default_string(data, "options", "")
end

function script_update(data) read(data) end

function script_load(data)
    read(data)
    start()
    obs.timer_add(look, LOOK_MILLIS)
end

function script_unload() stop() end

function script_properties()
    local properties = obs.obs_properties_create()
    obs.obs_properties_add_text(properties, "status", status(), obs.OBS_TEXT_INFO)
    obs.obs_properties_add_path(properties, "program", "Program", obs.OBS_PATH_FILE, "", nil)
    obs.obs_properties_add_text(properties, "options", "More options", obs.OBS_TEXT_DEFAULT)
    local function button(name, text, act)
        obs.obs_properties_add_button(properties, name, text, function(shown)
            act()
            obs.obs_property_set_description(obs.obs_properties_get(shown, "status"), status())
            return true
        end)
    end
    button("start", "Start the bridge", function()
        retries = 0
        start()
    end)
    button("stop", "Stop the bridge", stop)
    button("look", "Refresh the status", look)
    return properties
end

-- For tests: OBS does not look at it.
return { words = words, command_line = command_line, status = status, look = look }
