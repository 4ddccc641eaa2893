#!/usr/bin/env ruby
# frozen_string_literal: true

# A runtime for gilscope: the experiments in a real Ruby, under the lock that it really has.
#
# Ruby's own interpreter has a lock, too, the GVL (global VM lock). It differs from CPython's in one thing above all: a
# thread keeps it for 100 ms before it must let another one run, and not for 5. TruffleRuby and JRuby have no such lock.
# So the lock is the choice of who wrote the interpreter, and not a matter of the language.
#
# First come the functions that are measured, written as anybody would write them. All below is machinery: what the
# system says, the experiments, the modes that call them, what is said about them (the catalog), and the protocol by
# which the server asks (docs/protocol.md). One file, the standard library alone, Ruby 3.1 and later.

require "json"
require "net/http"
require "socket"

# ---- The functions that are measured

def count_down(n)
  while n > 0
    n -= 1
  end
end

$x = 0

def f
  1
end

def count_up(n)
  while n > 0
    $x += 1
    n -= 1
  end
end

def count_up_with_call(n)
  while n > 0
    $x += f
    n -= 1
  end
end

# One attempt, and a connection of its own; both as the engine does it.
def get_page(uri, seconds)
  Net::HTTP.start(uri.host, uri.port, nil, open_timeout: nil, read_timeout: seconds, max_retries: 0) do |http|
    http.get(uri.request_uri, "Accept-Encoding" => "identity", "Connection" => "close")
  end
end

$total = 0
TOTAL_LOCK = Mutex.new # nothing may get lost here, whatever lock the interpreter has

def add_to_variable(items)
  while items > 0
    TOTAL_LOCK.synchronize { $total += 1 }
    items -= 1
  end
end

# Each task has a place of its own, so that no other comes between reading and writing.
def add_to_shared_memory(items, memory, place)
  while items > 0
    memory[place, 8] = [memory[place, 8].unpack1("q") + 1].pack("q")
    items -= 1
  end
end

def send_messages(items, pipe)
  while items > 0
    pipe.write([items].pack("q"))
    items -= 1
  end
end

def answer_requests(socket)
  answered = 0
  while (request = socket.recv(8)) && !request.empty?
    yield request if block_given? # only where spans are recorded
    socket.send(request, 0)
    answered += 1
  end
  answered
end

def compute_until_over(board, task)
  turns = 0
  until board.over?
    count_down(1000)
    turns += 1000
    board.note_work(task)
    yield if block_given? # only where spans are recorded
  end
  turns
end

# ---- Clocks, all in whole nanoseconds

NS = 1_000_000_000

def now
  Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
end

def thread_cpu
  Process.clock_gettime(Process::CLOCK_THREAD_CPUTIME_ID, :nanosecond)
end

# Of this process and of its children that were waited for.
def own_cpu
  times = Process.times
  Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID, :nanosecond) + ((times.cutime + times.cstime) * NS).to_i
end

# ---- What the system says

# Calls of the C library that Ruby does not offer. Where there is no Fiddle, what needs them says so.
module Libc
  WHY_NOT = begin
    require "fiddle"
    nil
  rescue LoadError => e
    "this Ruby has no Fiddle, and so no calls of the C library (#{e.message})"
  end

  def self.call(name, result, *arguments)
    types = arguments.map { |value| value.is_a?(Integer) ? Fiddle::TYPE_LONG : Fiddle::TYPE_VOIDP }
    Fiddle::Function.new(Fiddle.dlopen(nil)[name], types, result).call(*arguments)
  end

  # Whoever was forked must not outlive who forked it, however that ends.
  def self.end_with_parent(parent)
    return if WHY_NOT

    set_death_signal, kill = 1, 9
    call("prctl", Fiddle::TYPE_INT, set_death_signal, kill, 0, 0, 0)
    exit!(1) if Process.ppid != parent
  end

  # Memory that processes share, all zero. It goes with the last of them.
  def self.shared_memory(bytes)
    read_write, shared_anonymous = 3, 0x21
    at = call("mmap", Fiddle::TYPE_VOIDP, 0, bytes, read_write, shared_anonymous, -1, 0).to_i
    raise SystemCallError.new("mmap", Fiddle.last_error) if at == -1 || at == (1 << 64) - 1

    Fiddle::Pointer.new(at, bytes)
  end

  # Lets this process, and the threads that it starts, use these CPUs only.
  def self.confine(cpus)
    raise WHY_NOT if WHY_NOT

    mask = cpus.sum { |cpu| 1 << cpu }
    words = Array.new(16) { |i| mask >> (64 * i) & 0xffffffffffffffff }.pack("Q*")
    return if call("sched_setaffinity", Fiddle::TYPE_INT, 0, words.bytesize, words).zero?

    raise "it could not be confined to #{cpus.size} CPUs"
  end

  # [voluntary, involuntary], of this process and of its children that were waited for; nil where nobody can tell.
  def self.context_switches
    return nil if WHY_NOT

    both = [0, -1].map do |whose|
      usage = "\0".b * 144
      call("getrusage", Fiddle::TYPE_INT, whose, usage)
      usage[128, 16].unpack("qq")
    end
    both.transpose.map(&:sum)
  end
end

module Machine
  def self.read(path)
    File.read(path)
  rescue SystemCallError
    ""
  end

  def self.cpus_allowed(pid = "self")
    list = read("/proc/#{pid}/status")[/^Cpus_allowed_list:\s*(\S+)/, 1].to_s
    list.split(",").flat_map do |part|
      low, high = part.split("-").map(&:to_i)
      [*low..(high || low)]
    end
  end

  CPUS = cpus_allowed

  # The folders of this process's control group and of all above it (version 2).
  def self.cgroups
    path = read("/proc/self/cgroup")[/^0::(.*)/, 1] or return []
    folders = ["/sys/fs/cgroup"]
    path.split("/").reject(&:empty?).each { |name| folders << "#{folders.last}/#{name}" }
    folders.reverse
  end

  # A quota of one and a half CPUs is good for two.
  def self.cpus_usable
    quotas = cgroups.filter_map do |folder|
      most, period = read("#{folder}/cpu.max").split.map(&:to_f)
      (most / period).ceil if most && most.positive?
    end
    [[CPUS.size, *quotas].min, 1].max
  end

  def self.memory_bytes
    free = read("/proc/meminfo")[/^MemAvailable:\s*(\d+)/, 1].to_i * 1024
    limits = cgroups.filter_map do |folder|
      most = read("#{folder}/memory.max")
      most.to_i - read("#{folder}/memory.current").to_i if most =~ /\d/
    end
    [[free, *limits].min, 0].max
  end

  def self.throttled
    cgroups.empty? ? 0 : read("#{cgroups.first}/cpu.stat")[/^throttled_usec (\d+)/, 1].to_i * 1000
  end

  def self.own_memory(name)
    read("/proc/self/status")[/^#{name}:\s*(\d+)/, 1].to_i * 1024
  end
end

# What else the machine does from now on: all the time that the CPUs have, less what they are idle, less what the host or
# interrupts take, less what the run itself and its friends (the server) use, is used by others. A tick of the kernel is
# 10 ms, so one reading alone says little, and shares below 0 or above 1 are no mistakes.
class Noise
  TICK_NS = 10_000_000

  def initialize(friends)
    @friends = friends.select { |pid| (Machine.cpus_allowed(pid) - Machine::CPUS).empty? }
    @before = read
  end

  # The member noise of a sample, or nil without /proc/stat.
  def taken
    after = read
    return nil unless @before && after

    span, idle, interrupts, steal, own, throttled = after.zip(@before).map { |b, a| [b - a, 0].max }
    all = [span * Machine::CPUS.size, 1].max.to_f
    { span_ns: span, cpus: Machine::CPUS.size, steal: (steal / all).round(6), throttled_ns: throttled,
      foreign_cpu: ((all - idle - interrupts - steal - own) / all).round(6) }
  end

  private

  def read
    lines = Machine.read("/proc/stat").lines.map(&:split).select { |line| line[0] =~ /^cpu\d/ }
    lines.select! { |line| Machine::CPUS.include?(line[0][3..].to_i) && line.size > 8 }
    return nil if lines.size != Machine::CPUS.size

    idle, interrupts, steal = [[4, 5], [6, 7], [8]].map do |places|
      lines.sum { |line| line.values_at(*places).sum(&:to_i) } * TICK_NS
    end
    [now, idle, interrupts, steal, own_cpu + @friends.sum { |pid| cpu_of(pid) }, Machine.throttled]
  end

  # A process has a clock that others may read, and its number follows from that of the process.
  def cpu_of(pid)
    Process.clock_gettime((~pid << 3) | 2, :nanosecond)
  rescue SystemCallError
    0
  end
end

# ---- What this Ruby is

CAN_FORK = Process.respond_to?(:fork)
NO_FORK = "#{RUBY_ENGINE} cannot fork"
INTERPRETER = { "ruby" => "Ruby", "jruby" => "JRuby", "truffleruby" => "TruffleRuby" }.fetch(RUBY_ENGINE, RUBY_ENGINE)

# Found out, and not taken for granted: it is Ruby's own interpreter that has the lock.
LOCK = if RUBY_ENGINE == "ruby"
         { name: "gvl", title: "the GVL of Ruby", exclusive: true,
           summary: "the global VM lock (GVL) of Ruby: a thread keeps it for up to 100 ms while others wait" }
       else
         { name: "none", title: "no lock", exclusive: false, summary: "no lock: #{RUBY_ENGINE} runs threads side by side" }
       end.freeze

# How many turns of so many nanoseconds make about 200 ms: 1, 2 or 5 with zeros.
def nice_size(turn_ns)
  wanted = [200e6 / turn_ns, 1].max
  power = 10**Math.log10(wanted).floor
  digit = wanted / power
  power * (if digit < 2**0.5 then 1 elsif digit < 10**0.5 then 2 else digit < 50**0.5 ? 5 : 10 end)
end

# What one turn of a function takes. An interpreter that compiles while it runs gets faster, so the best of some counts.
def turn_ns
  n = 1000
  loop do
    since = now
    yield n
    break if now - since > 5_000_000

    n *= 2
  end
  best = Array.new(5) do
    since = now
    yield n
    now - since
  end.min
  (best.to_f / n).round(3)
end

# One line for people.
def reason_of(error)
  error.message.lines.first.to_s.strip
end

# ---- Spans, for a timeline

# A task notes the time every few turns; where the next note comes late, it was not running. Why, it does not know:
# gap_kind is what others conclude from the cell (nil: nothing).
class Tracer
  PIECE_NS = 50_000
  GAP_NS = 4 * PIECE_NS

  attr_reader :spans, :dropped

  def initialize(gap_kind, most)
    @gap_kind, @most = gap_kind, most
    @spans, @dropped = [], 0
  end

  def begin(at)
    @since = @last = at
  end

  # Of the work between two notes some part came before a gap and the rest behind it, nobody knows how much. Half of it
  # each is right on average; without it, every slice would be too short by all of it.
  def note
    at = now
    if at - @last > GAP_NS
      stopped, went_on = @last + PIECE_NS / 2, at - PIECE_NS / 2
      add("run", @since, stopped)
      add(@gap_kind, stopped, went_on) if @gap_kind
      @since = went_on
    end
    @last = at
  end

  # What it did instead of running: [kind, until when] one after the other, up to now.
  def passed(since, *kinds)
    add("run", @since, since)
    kinds.each do |kind, until_when|
      add(kind, since, until_when)
      since = [since, until_when].max
    end
    @since = @last = since
  end

  def end(at)
    add("run", @since, at)
  end

  private

  def add(kind, since, until_when)
    return if until_when <= since

    @spans.size < @most ? @spans << [kind, since, until_when] : @dropped += 1
  end
end

# ---- The experiments

# One cell in one repetition. The class says what there is; an object is made before the clock starts.
class Experiment
  class << self
    def label = self::NAME

    # Members of the catalog's entry beside those that all have.
    def facts = {}

    # Why it cannot run in a mode; nil: it can.
    def unavailable(_mode) = nil

    def max_tasks(_mode) = 256

    def integer(name, range, default, help, **more)
      { name: name, type: "integer", min: range.min, max: range.max, default: default, help: help, **more }
    end

    def choice(name, choices, help)
      { name: name, type: "choice", choices: choices, default: choices.first, help: help }
    end

    def cost(kind, ns, *times, **only_if)
      { kind: kind, ns: ns, times: times, only_if: only_if }
    end
  end

  SIZED = "if not given, one task takes about 200 ms, less where a run of many cells would otherwise take longer than " \
          "the server allows"

  def initialize(cell)
    @cell = cell
    @params = cell.params
  end

  # What a task does, in its thread or process; gives its answer. tracer is nil where no spans are recorded.
  def work(task, tracer); end

  # What the parent does while threads or processes work.
  def attend; end

  # Behind the clock: gives the metrics. answers is in the order of the tasks.
  def conclude(_tasks, _wall) = {}

  # What the tasks waited for; nil where nobody can tell.
  def waits(_tasks) = 0

  private

  # The function as it is; or, where spans are recorded, in pieces with a note after each.
  def in_pieces(n, tracer, piece)
    return yield(n) unless tracer

    while n > 0
      yield [n, piece].min
      n -= piece
      tracer.note
    end
  end

  def turns_per_piece(share = 1)
    [(Tracer::PIECE_NS / [@cell.turn_ns, 1].max * share).to_i, 1].max
  end
end

class Countdown < Experiment
  NAME = "countdown"
  SUMMARY = "count a number down to zero: bound to the CPU, so threads do not help under a GIL"

  def self.describe
    ns = turn_ns { |n| count_down(n) }
    { parameters: [integer("n", 0..10**12, nice_size(ns), "the number to count down from; #{SIZED}",
                           unit: "turns", sized: true)],
      cost: [cost("cpu", ns, "n")] }
  end

  def work(_task, tracer)
    in_pieces(@params["n"], tracer, turns_per_piece) { |n| count_down(n) }
    0
  end

  def conclude(tasks, wall)
    { turns_per_s: @params["n"] * tasks.size * NS.to_f / wall }
  end
end

# Gets pages of gilscope's own slow server, and of no other: which addresses elsewhere may be called the engine knows.
class Fetch < Experiment
  NAME = "fetch"
  SUMMARY = "get a page: bound to waiting, so threads help, whatever the lock"
  COUNTS = %w[requests answers_2xx answers_3xx answers_4xx answers_5xx answers_other answers_empty bytes_received
              responses].freeze
  MASK = 0xffffffffffffffff

  def self.facts = { totals: COUNTS }

  def self.max_tasks(mode)
    { "serial" => 10_000, "threads" => 1000, "processes" => 256 }[mode.label]
  end

  def self.describe
    { parameters: [
        integer("requests", 1..50, 1, "how many pages each task gets, one after the other"),
        integer("delay_ms", 0..60_000, 200, "how long the own server waits before it answers", unit: "ms"),
        integer("jitter_ms", 0..60_000, 0, "how much longer it waits by chance, from 0 to this; the seed decides",
                unit: "ms"),
        integer("bytes", 0..10_000_000, 1024, "length of the own server's page", unit: "bytes"),
        integer("request_timeout_ms", 1..600_000, 10_000, "how long a request may take; a longer one has failed", unit: "ms"),
        choice("client", ["blocking"], "how a task waits; blocking: in the call"),
        choice("expect", %w[any 2xx], "which answers are good ones; 2xx: one with any other status has failed; any: all are counted")
      ],
      cost: [cost("wait", 1e6, "requests", "delay_ms"), cost("wait", 0.5e6, "requests", "jitter_ms"),
             cost("cpu", 600e3, "requests"), cost("cpu", 2, "requests", "bytes")] }
  end

  def initialize(cell)
    super
    @ports = cell.request.dig("origin", "ports").to_a
    raise "the slow server for fetch is not there" if @ports.empty?

    @waits = {}
  end

  def work(task, tracer)
    rows = []
    waited = 0
    @params["requests"].times do |request|
      since, cpu = now, thread_cpu
      answer = fetch(task, request)
      til = now
      waited += [til - since - (thread_cpu - cpu), 0].max
      tracer&.passed(since, ["wait-io", til])
      rows << row(answer, til - since)
    end
    { rows: rows, waited: waited }
  end

  # [metrics, and what is shown of each task]
  def conclude(tasks, wall)
    rows = tasks.flat_map { |task| task[:answer][:rows] }
    codes = rows.map { |row| row[:status] }
    classes = (2..5).to_h { |hundred| ["answers_#{hundred}xx", codes.count { |code| code / 100 == hundred }] }
    { "requests" => rows.size, **classes, "answers_other" => codes.count { |code| !(2..5).cover?(code / 100) },
      "answers_empty" => rows.count { |row| row[:bytes].zero? }, "bytes_received" => rows.sum { |row| row[:bytes] },
      "responses" => codes.map(&:to_s).tally, "requests_per_s" => rows.size * NS.to_f / wall }
  end

  def waits(tasks) = tasks.sum { |task| task[:answer][:waited] }

  def shown(answer) = answer[:rows]

  private

  def fetch(task, request)
    uri = URI("http://127.0.0.1:#{@ports[task % @ports.size]}/task/#{task}/page/#{request}" \
              "?delay_ms=#{delay(task, request)}&bytes=#{@params['bytes']}")
    answer = get_page(uri, @params["request_timeout_ms"] / 1000.0)
    code = answer.code.to_i
    if @params["expect"] == "2xx" && code / 100 != 2
      raise "request #{request} was answered with status #{code}, and expect=2xx wants 200 to 299"
    end
    raise "the page was not the one that was asked for" if code != 200 || answer.body.to_s.bytesize != @params["bytes"]

    answer
  rescue Timeout::Error
    raise "request #{request} took longer than request_timeout_ms=#{@params['request_timeout_ms']}"
  end

  def row(answer, took)
    body = answer.body.to_s
    start = body.byteslice(0, 32).b.gsub(/[^ -\[\]-~]/n) { |byte| format("\\x%02x", byte.ord) }
    { status: answer.code.to_i, bytes: body.bytesize, total_ns: took, content_start: start }
  end

  # It depends on seed, task and request alone, and is the engine's (splitmix64, base/random.h): all wait the same.
  def delay(task, request)
    jitter = @params["jitter_ms"]
    return @params["delay_ms"] if jitter.zero?

    state = (@cell.request["seed"] ^ (task << 32 | request)) & MASK
    2.times { state = (state + 0x9e3779b97f4a7c15) & MASK }
    z = ((state ^ (state >> 30)) * 0xbf58476d1ce4e5b9) & MASK
    z = ((z ^ (z >> 27)) * 0x94d049bb133111eb) & MASK
    @params["delay_ms"] + (((z ^ (z >> 31)) * (jitter + 1)) >> 64)
  end
end

class Counter < Experiment
  NAME = "counter"
  SUMMARY = "add up in a shared variable: the lock protects the interpreter, not the program"

  def self.facts
    { headline: { figure: "metrics.lost_updates", head: "off by", words: "the counter was off by {}" } }
  end

  def self.describe
    plain, with_call = turn_ns { |n| count_up(n) }, turn_ns { |n| count_up_with_call(n) }
    { parameters: [
        integer("n", 1..10**11, nice_size(plain), "how often each task adds 1 to the counter; #{SIZED}", sized: true),
        choice("switch_inside", %w[off on],
               "how a task adds 1; off: x += 1; on: x += f, so that the lock may change hands between load and store")
      ],
      cost: [cost("cpu", plain, "n", switch_inside: "off"), cost("cpu", with_call, "n", switch_inside: "on")] }
  end

  def initialize(cell)
    super
    $x = 0
  end

  def work(_task, tracer)
    if @params["switch_inside"] == "on"
      in_pieces(@params["n"], tracer, turns_per_piece(0.4)) { |n| count_up_with_call(n) }
    else
      in_pieces(@params["n"], tracer, turns_per_piece(0.5)) { |n| count_up(n) }
    end
    $x
  end

  # Every process has its own counter; where memory is shared there is one.
  def conclude(tasks, _wall)
    expected = @params["n"] * tasks.size
    actual = @cell.mode.shares_memory? ? $x : tasks.sum { |task| task[:answer] }
    raise "the counter is higher than it was ever counted" if actual > expected

    { expected: expected, actual: actual, lost_updates: expected - actual }
  end
end

class Share < Experiment
  NAME = "share"
  SUMMARY = "add to a total that the parent looks at: threads share a variable, processes need more"
  WAYS = ["variable", ("shared-memory" unless Libc::WHY_NOT), "pipe"].compact.freeze

  def self.facts
    { headline: { figure: "metrics.seen_by_parent", head: "parent saw", words: "the parent saw {} of the items" } }
  end

  def self.describe
    { parameters: [
        choice("via", WAYS, "how the tasks tell the parent"),
        integer("items", 1..10_000_000, 100_000, "additions to the total, or messages, of each task")
      ],
      cost: WAYS.zip([120, 700, 2500].last(WAYS.size)).map { |via, ns| cost("cpu", ns, "items", via: via) } }
  end

  def initialize(cell)
    super
    $total = 0
    @received = 0
    @memory = Libc.shared_memory(8 * cell.n_tasks) if @params["via"] == "shared-memory"
    @reader, @writer = IO.pipe(binmode: true) if @params["via"] == "pipe"
  end

  def work(task, tracer)
    in_pieces(@params["items"], tracer, 50) do |items|
      case @params["via"]
      when "variable" then add_to_variable(items)
      when "shared-memory" then add_to_shared_memory(items, @memory, 8 * task)
      else @cell.mode.side_by_side? ? send_messages(items, @writer) : send_and_receive(items)
      end
    end
    @params["items"]
  end

  # A pipe holds little: a parent that joined its tasks before it read would wait for ever, and they for it.
  def attend
    return unless @reader

    @writer.close unless @cell.mode.shares_memory?
    expected = 8 * @params["items"] * @cell.n_tasks
    while @received < expected
      # Asked first: whoever ends meanwhile has written all that it had to.
      works = @cell.anybody_works?
      return unless @reader.wait_readable(0.02) || works

      data = @reader.read_nonblock(1 << 16, exception: false) or return
      @received += data.bytesize unless data == :wait_readable
    end
  end

  def conclude(tasks, _wall)
    expected = @params["items"] * tasks.size
    spent = tasks.sum { |task| task[:end] - task[:start] }
    { expected: expected, seen_by_parent: seen, ns_per_item: spent.to_f / expected }
  end

  def waits(_tasks) = @reader ? nil : 0

  private

  def seen
    return @received / 8 if @reader
    return $total unless @memory

    @memory[0, 8 * @cell.n_tasks].unpack("q*").sum
  end

  # One after the other in one thread, nobody else could empty the pipe.
  def send_and_receive(items)
    per_pipe = 4096
    while items > 0
      send_messages([items, per_pipe].min, @writer)
      @received += @reader.read([items, per_pipe].min * 8).bytesize
      items -= per_pipe
    end
  end
end

# What tasks and the client see of one another, in memory that they share: whether it is over, and a sign of life of each
# task. A byte is written at once, so none needs a lock.
class Board
  def initialize(n_tasks)
    @n_tasks = n_tasks
    @memory = Libc.shared_memory(1 + n_tasks)
  end

  def over? = @memory[0] != 0

  def end_it
    @memory[0] = 1
  end

  # From 1 on, and again from 1: 0 is a task that has not begun.
  def note_work(task)
    life = @memory[1 + task] & 255
    @memory[1 + task] = life < 255 ? life + 1 : 1
  end

  def signs_of_life = @memory[1, @n_tasks]

  def n_begun = @n_tasks - signs_of_life.count("\0")
end

# A process outside of the mode and the lock, as a browser is outside of a server. A request is the time at which it was
# sent, and so is its answer.
class ConvoyClient
  MOST = 1_000_000

  # pause_s: where it rests before a request; nil: it does not.
  def initialize(board, socket, n_needed:, pause_s:, waits_for_hogs:, duration_ns:, seed:)
    @board, @socket, @n_needed, @pause_s, @waits_for_hogs = board, socket, n_needed, pause_s, waits_for_hogs
    @duration_ns, @random = duration_ns, Random.new(seed)
  end

  # Gives the latencies and the time from the first request to the last answer. There is always one request.
  def run
    while @board.n_begun < @n_needed
      return [[], 0] if @board.over? # one of them died before it began

      sleep 0.0002
    end
    first = last = now
    latencies = []
    loop do
      pause(first + @duration_ns) if @pause_s
      sent = [now].pack("q")
      @socket.send(sent, 0)
      break if @socket.recv(8) != sent

      last = now
      latencies << last - sent.unpack1("q")
      break if last >= first + @duration_ns || @board.over? || latencies.size == MOST
    end
    [latencies, last - first]
  rescue Errno::EPIPE, Errno::ECONNRESET
    [latencies, last - first]
  end

  private

  # Until a hog is seen at work: then it has the lock.
  def pause(til)
    sleep @pause_s + 0.001 * @random.rand
    return unless @waits_for_hogs

    loop do
      seen = @board.signs_of_life
      sleep 0.00002
      return if @board.signs_of_life != seen || now >= til
    end
  end
end

class Convoy < Experiment
  NAME = "convoy"
  SUMMARY = "answer requests beside tasks that compute: under a global lock each answer waits for its turn"
  ENOUGH = { 50 => 3, 90 => 10, 99 => 100 }.freeze # as in base/enough.c

  def self.facts
    { headline: { figure: "metrics.latency_p50_ns", head: "half within", words: "half of the answers came within {}" },
      fixed_time: true, tasks: { parameter: "hogs", plus: 1 } }
  end

  def self.unavailable(_mode)
    CAN_FORK ? Libc::WHY_NOT : "#{NO_FORK}, and its client is a process"
  end

  def self.describe
    hogs_share_a_lock = { "mode.side_by_side": true, "mode.shares_memory": true, "lock.exclusive": true }
    { parameters: [
        integer("hogs", 0..255, 1, "tasks that only compute; one more answers the requests"),
        choice("paced", %w[on off], "when the client sends its next request; on: when it has seen a hog at work; off: at once " \
               "after an answer"),
        integer("pause_us", 0..10_000_000, 1000, "how long a paced client rests before a request, and up to 1 ms more", unit: "us"),
        integer("duration_ms", 1..60_000, 2000, "how long the client sends requests; if not given, for 2 s (some 20 " \
                "turns of 100 ms), less where a run of many cells would otherwise take longer than the server allows",
                unit: "ms", sized: true)
      ],
      # The first request waits until each hog has had its turn, and the last answer for its own.
      cost: [cost("wait", 1e6, "duration_ms"), cost("wait", 200e6, "hogs", **hogs_share_a_lock),
             cost("wait", 3e6, "hogs", "mode.side_by_side": true)] }
  end

  # In serial only the task that answers can begin: it ends when the client does.
  def initialize(cell)
    super
    hogs, together = @params["hogs"], cell.mode.side_by_side?
    @board = Board.new(cell.n_tasks)
    @socket, theirs = UNIXSocket.pair(:SEQPACKET)
    client = ConvoyClient.new(@board, theirs, n_needed: together ? cell.n_tasks : 1,
                              pause_s: (@params["pause_us"] * 1e-6 if @params["paced"] == "on"),
                              waits_for_hogs: together && hogs > 0, duration_ns: @params["duration_ms"] * 1_000_000,
                              seed: cell.request["seed"].to_i)
    @latencies = Forked.new(@socket) do
      client.run
    ensure
      @board.end_it
      theirs.close # before it is heard, which may take until all tasks have ended
    end
    theirs.close
  end

  def work(task, tracer)
    return answer(tracer) if task.zero?

    @socket.close unless @cell.mode.shares_memory?
    @board.note_work(task)
    return compute_until_over(@board, task, &tracer&.method(:note)) if @cell.mode.side_by_side?

    hog_for_its_time(tracer)
  end

  # A process that dies before it has begun would be waited for.
  def attend
    return if @cell.mode.shares_memory?

    @socket.close
    sleep 0.001 while !@board.over? && @board.n_begun < @cell.n_tasks && @cell.all_work?
    @board.end_it if @board.n_begun < @cell.n_tasks
  end

  def conclude(tasks, _wall)
    @socket.close unless @socket.closed?
    latencies, took = @latencies.result
    raise "the client had no answer" if latencies.empty?
    raise "not every request was answered" if latencies.size != tasks[0][:answer]

    latencies.sort!
    { **percentiles(latencies), latency_max_ns: latencies.last, requests: latencies.size,
      requests_per_s: latencies.size * NS.to_f / took, hog_turns_per_s: hog_turns(tasks.drop(1)) }
  end

  def waits(_tasks) = nil

  private

  # When it was sent the request says itself; what passed since then was the wait for the lock.
  def answer(tracer)
    @board.note_work(0)
    return answer_requests(@socket) unless tracer

    since = now
    answered = answer_requests(@socket) do |request|
      at = now
      came = @cell.gap_kind ? [request.unpack1("q"), at].min : at
      tracer.passed(since, ["wait-io", came], [@cell.gap_kind, at])
      since = at
    end
    tracer.passed(since, ["wait-io", now])
    answered
  ensure
    @board.end_it
  end

  def hog_for_its_time(tracer)
    turns, til = 0, now + @params["duration_ms"] * 1_000_000
    while now < til
      count_down(1000)
      turns += 1000
      tracer&.note
    end
    turns
  end

  # The nearest rank, rounded up: a latency that was really measured.
  def percentiles(sorted)
    ENOUGH.each_with_object({}) do |(percentile, needed), metrics|
      enough = sorted.size >= needed
      metrics["latency_p#{percentile}_ns"] = enough ? sorted[(sorted.size * percentile + 99) / 100 - 1] : nil
      next if enough

      metrics["latency_p#{percentile}_ns_reason"] =
        "#{sorted.size} request#{sorted.size == 1 ? ' is' : 's are'} too few for a #{percentile}th percentile, which " \
        "needs #{needed}"
    end
  end

  def hog_turns(hogs)
    return 0.0 if hogs.empty?

    took = hogs.map { |task| task[:end] }.max - hogs.map { |task| task[:start] }.min
    hogs.sum { |task| task[:answer] } * NS.to_f / [took, 1].max
  end
end

EXPERIMENTS = [Countdown, Fetch, Counter, Share, Convoy].freeze

# ---- The modes: who calls the function

# A child process and what it found out. It ends with whoever forked it.
class Forked
  attr_reader :pid

  def initialize(*not_its_own)
    parent = Process.pid
    @reader, writer = IO.pipe(binmode: true)
    @pid = fork do
      Libc.end_with_parent(parent)
      [@reader, *not_its_own].each(&:close)
      writer.write(Marshal.dump(yield))
      writer.close
    rescue StandardError => e
      writer.write(Marshal.dump({ error: reason_of(e) }))
    ensure
      exit!(0)
    end
    writer.close
  end

  # Whether it has neither said what came of it nor died.
  def at_work? = !@reader.wait_readable(0)

  # Waits for its end. It may have died in the middle.
  def result
    data = @reader.read
    @reader.close
    status = Process.wait2(@pid)[1]
    return Marshal.load(data) if status.success? && !data.empty?

    how = status.signaled? ? "died of signal #{status.termsig} (#{Signal.signame(status.termsig)})" : "ended early"
    { error: "its process #{how}" }
  end

  def kill
    Process.kill(:KILL, @pid)
    @reader.close
    Process.wait(@pid)
  rescue SystemCallError, IOError
    nil
  end
end

# Each runs the tasks of a cell and gives their rows, with the cell's clock started before the first is made and stopped
# behind the last.
class Mode
  class << self
    def label = self::NAME
    def baseline? = false
    def side_by_side? = true
    def shares_memory? = true
    def unavailable = nil
  end
end

class Serial < Mode
  NAME, ALIASES, NOUN, TASK_NS, TASK_BYTES = "serial", [], "call", 0, 0
  SUMMARY = "one after the other in one thread"

  def self.baseline? = true
  def self.side_by_side? = false

  def self.run(cell)
    cell.start_clock
    rows = Array.new(cell.n_tasks) { |task| cell.run_task(task) }
    cell.stop_clock
    rows
  end
end

class Threads < Mode
  NAME, ALIASES, NOUN, TASK_NS, TASK_BYTES = "threads", %w[thread threading], "thread", 60e3, 64 << 10
  SUMMARY = "a thread for each task, all in one process"

  def self.run(cell)
    cell.start_clock
    threads = Array.new(cell.n_tasks) { |task| Thread.new { cell.run_task(task) } }
    cell.all_made { threads.count(&:alive?) }
    cell.experiment.attend
    rows = threads.map(&:value)
    cell.stop_clock
    rows
  end
end

class Processes < Mode
  NAME, ALIASES, NOUN, TASK_NS, TASK_BYTES = "processes", %w[process multiprocessing], "process", 2e6, 4 << 20
  SUMMARY = "a process for each task (fork): each has a lock of its own, and no shared data"

  def self.shares_memory? = false
  def self.unavailable = CAN_FORK ? nil : NO_FORK

  def self.run(cell)
    children = []
    cell.start_clock
    cell.n_tasks.times { |task| children << Forked.new { cell.run_task(task) } }
    cell.all_made { children.count(&:at_work?) }
    cell.experiment.attend
    rows = children.map(&:result)
    cell.stop_clock
    rows
  rescue StandardError
    children.each(&:kill)
    raise
  end
end

MODES = [Serial, Threads, Processes].freeze

# ---- A repetition, from the cell to its sample

class Cell
  SUMMARY_ROWS = 256

  attr_reader :number, :params, :n_tasks, :mode, :request, :experiment

  def initialize(spec, request)
    @request = request
    @number, @params, @n_tasks, @cpus = spec.values_at("cell", "params", "tasks", "cpus")
    @mode = MODES.find { |mode| mode.label == spec["mode"] } or raise "there is no mode #{spec['mode']}"
    @kind = EXPERIMENTS.find { |kind| kind.label == request["experiment"] }
    raise "there is no experiment #{request['experiment']}" unless @kind
  end

  def turn_ns = @request["turn_ns"] || 20

  # Whoever is not running while others can: it waits for the lock, if there is one.
  def gap_kind
    "wait-lock" if LOCK[:exclusive] && @mode.shares_memory? && @mode.side_by_side? && @n_tasks > 1
  end

  # A sample, or with max_spans a timeline; without its cell and repetition. Each comes from a process of its own, so
  # that what one leaves behind never stains the next.
  def repeat(max_spans = nil)
    return run(max_spans) unless CAN_FORK

    child = Forked.new { run(max_spans) }
    child.result.tap { child = nil }
  ensure
    child&.kill # told to end in the middle
  end

  # ---- For the modes

  def start_clock
    @switches = Libc.context_switches
    @cpu = own_cpu
    @epoch = now
  end

  def all_made(&n_at_work)
    @create = now - @epoch
    @n_at_work = n_at_work
  end

  def anybody_works? = @n_at_work.call > 0
  def all_work? = @n_at_work.call == n_tasks

  def stop_clock
    @wall = now - @epoch
    @cpu = own_cpu - @cpu
    @switches = Libc.context_switches&.zip(@switches)&.map { |after, before| after - before }
  end

  # One task from its beginning to its end, wherever it runs.
  def run_task(task)
    tracer = Tracer.new(gap_kind, @max_spans) if @max_spans
    start, cpu = now, thread_cpu
    tracer&.begin(start)
    answer = @experiment.work(task, tracer)
    til = now
    tracer&.end(til)
    { id: task, start: start - @epoch, end: til - @epoch, cpu: thread_cpu - cpu, answer: answer,
      spans: tracer&.spans, dropped: tracer&.dropped }
  rescue StandardError => e
    { error: "task #{task}: #{reason_of(e)}" }
  end

  private

  def run(max_spans)
    @max_spans = max_spans
    @create = 0
    Libc.confine(Machine::CPUS.first(@cpus)) if @cpus && @cpus < Machine::CPUS.size
    @experiment = @kind.new(self)
    tasks = @mode.run(self)
    failed = tasks.find { |task| task[:error] }
    raise failed[:error] if failed

    max_spans ? timeline(tasks) : sample(tasks)
  end

  def sample(tasks)
    metrics = @experiment.conclude(tasks, @wall)
    n_rows = @request["detail"] == "full" ? @n_tasks : [@n_tasks, SUMMARY_ROWS].min
    order = tasks.sort_by { |task| [task[:end], task[:id]] }
    { status: "done", wall_ns: @wall, cpu_ns: @cpu, create_ns: @create, join_ns: @wall - order.last[:end],
      waits_ns: @experiment.waits(tasks), start_ns: start_delay(tasks), create_alone_ns: create_alone(tasks),
      memory: nil, lock_stats: nil,
      context_switches: @switches && { voluntary: @switches[0], involuntary: @switches[1] },
      per_task: tasks.first(n_rows).map { |task| row(task) }, per_task_omitted: @n_tasks - n_rows,
      completion_order: order.first(n_rows).map { |task| task[:id] }, metrics: metrics }
  end

  def row(task)
    answer = @experiment.respond_to?(:shown) ? @experiment.shown(task[:answer]) : task[:answer]
    { id: task[:id], start_ns: task[:start], end_ns: task[:end], cpu_ns: task[:cpu], answer: answer }
  end

  # How long nobody was at work before all tasks were made: who starts threads waits for the lock behind those that
  # compute already, and what they do meanwhile is not what making them has cost.
  def create_alone(tasks)
    worked_until = alone = 0
    tasks.sort_by { |task| task[:start] }.each do |task|
      alone += [[task[:start], @create].min - worked_until, 0].max
      worked_until = [worked_until, task[:end]].max
    end
    alone + [@create - worked_until, 0].max
  end

  # How long nobody was at work after all tasks were made and before the last of them ended.
  def start_delay(tasks)
    return 0 if @create.zero?

    worked_until = @create
    tasks.sort_by { |task| task[:start] }.sum do |task|
      delay = [task[:start] - worked_until, 0].max
      worked_until = [worked_until, task[:end]].max
      delay
    end
  end

  # The first ones to end are shown.
  def timeline(tasks)
    @experiment.conclude(tasks, @wall)
    spans = tasks.flat_map do |task|
      task[:spans].map { |kind, since, til| [task[:id], kind, since - @epoch, til - @epoch] }
    end
    spans.sort_by!(&:last)
    dropped = tasks.sum { |task| task[:dropped] } + [spans.size - @max_spans, 0].max
    { wall_ns: @wall, dropped: dropped, spans: spans.first(@max_spans), instants: [] }
  end
end

# ---- The catalog

module Catalog
  ABSENT = {
    "crunch" => "Ruby's standard library has nothing that multiplies matrices outside the lock",
    "idle" => "nobody has written it for Ruby yet",
    "refcount" => "Ruby does not count references: from time to time it looks for what nobody refers to any more",
    "epoll" => "Ruby's standard library has no event loop",
    "await_every" => "Ruby's standard library has no event loop",
    "url" => "it only gets pages of the lab's own server: which other addresses may be asked is checked by the engine's " \
             "client, whenever a name is resolved",
    "none" => ("Ruby's own interpreter always has its lock; JRuby and TruffleRuby have none" if LOCK[:exclusive])
  }.compact.freeze

  def self.mode(mode)
    { name: mode.label, summary: mode::SUMMARY, aliases: mode::ALIASES, usual: true, baseline: mode.baseline?,
      side_by_side: mode.side_by_side?, shares_memory: mode.shares_memory?, one_loop: false,
      task: { noun: mode::NOUN, ns: mode::TASK_NS, bytes: mode::TASK_BYTES } }
  end

  # A mode that no experiment can run in is none.
  def self.modes = MODES.reject(&:unavailable)

  def self.experiment(kind)
    without, with = modes.partition { |mode| kind.unavailable(mode) }
    memory = [{ per: "cell", bytes: Machine.own_memory("VmRSS") + (4 << 20), times: [], only_if: {} }]
    memory += modes.select(&:side_by_side?).map do |mode|
      { per: "task", bytes: mode::TASK_BYTES, times: [],
        only_if: { "mode.side_by_side": true, "mode.shares_memory": mode.shares_memory? } }
    end
    { name: kind.label, summary: kind::SUMMARY, **kind.describe, memory: memory, **kind.facts, max_tasks_reason: {},
      max_tasks: with.to_h { |mode| [mode.label, kind.max_tasks(mode)] },
      unavailable: without.to_h { |mode| [mode.label, kind.unavailable(mode)] } }
  end

  def self.describe
    experiments = EXPERIMENTS.map { |kind| experiment(kind) }
    missing = (MODES - modes).to_h { |mode| [mode.label, mode.unavailable] }
    { protocol: 1, paces: true, runtime: "ruby", version: RUBY_VERSION,
      about: "#{INTERPRETER} #{RUBY_ENGINE_VERSION}, #{LOCK[:title]}",
      cpus_usable: Machine.cpus_usable, memory_bytes: Machine.memory_bytes, host: {}, timeline_ns: Tracer::GAP_NS,
      turn_ns: experiments[0][:cost][0][:ns], modes: modes.map { |mode| mode(mode) },
      locks: [{ **LOCK, usual: true, fair: false, whose: "all", models: nil, real: RUBY_ENGINE, crowding: 0,
                parameters: [] }],
      experiments: experiments, absent: ABSENT.merge(missing) }
  end
end

# ---- The protocol

class Run
  def initialize(request)
    @request = request
    @cells = request["cells"].map { |spec| Cell.new(spec, request) }
    @failed = []
    @said = ""
  end

  # Whether all was good.
  def run
    emit("hello", protocol: 1, runtime: "ruby", version: RUBY_VERSION, load1: Machine.read("/proc/loadavg").to_f)
    rounds
    trace_all(@cells - @failed) if @request["timeline"] == "on"
    puts JSON.generate({ event: "done" })
    @failed.empty?
  end

  private

  # Waits, without any limit, until it is told to go on; what happens meanwhile is no noise of ours.
  def emit(event, **members)
    puts JSON.generate({ event: event, **members })
    @said = $stdin.gets.to_s.strip if @request["pace"]
    @noise = Noise.new(@request["friends"].to_a)
  end

  def rounds
    most = @request["max_repeat"] || @request["repeat"]
    (-@request["warmup"]...most).each do |repetition|
      (@cells - @failed).each do |cell|
        measure(cell, repetition)
        return if @said == "stop"
      end
    end
  end

  def measure(cell, repetition)
    sample = result_of(cell)
    noise = @noise.taken
    if sample[:error]
      @failed << cell
      emit("sample", cell: cell.number, repetition: repetition, status: "failed", reason: sample[:error])
    else
      emit("sample", cell: cell.number, repetition: repetition, **sample, noise: noise)
    end
  end

  # What one cell leaves over of the spans that a run may have is for those after it.
  def trace_all(cells)
    left = 100_000
    cells.each_with_index do |cell, i|
      timeline = result_of(cell, [@request["max_spans"] || 20_000, left / (cells.size - i)].min)
      timeline = { reason: timeline[:error] } if timeline[:error]
      left -= timeline[:spans].to_a.size
      emit("timeline", cell: cell.number, **timeline)
    end
  end

  def result_of(cell, max_spans = nil)
    cell.repeat(max_spans)
  rescue StandardError => e
    { error: reason_of(e) }
  end
end

def main
  $stdout.sync = true
  if ARGV == ["--describe"]
    puts JSON.generate(Catalog.describe)
    return true
  end
  line = $stdin.gets
  abort "ruby.rb: a request is to come on standard input, see docs/protocol.md" unless line
  Run.new(JSON.parse(line)).run
end

exit(main) if $PROGRAM_NAME == __FILE__
