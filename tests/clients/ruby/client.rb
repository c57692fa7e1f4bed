# A program with kubeclient, steered from stdin (see tests/clients/README.md).
require 'json'
require 'kubeclient'

def start(file, name)
  context = Kubeclient::Config.read(file).context(name)
  Kubeclient::Client.new(context.api_endpoint, 'v1', ssl_options: context.ssl_options,
                                                     auth_options: context.auth_options)
end

# What went wrong with each call that failed.
def calls(client, count, parallel)
  work = Queue.new
  count.times { work << true }
  work.close
  said = Queue.new
  Array.new(parallel) do
    Thread.new do
      while work.pop
        begin
          client.get_config_maps(namespace: 'ci')
        rescue StandardError => error
          said << "#{error.class}: #{error.message}"
        end
      end
    end
  end.each(&:join)
  Array.new(said.size) { said.pop }
end

client = nil
$stdin.each_line do |line|
  count, parallel = line.split.map(&:to_i)
  begin
    unless client
      client = start(*ARGV)
      client.discover # what is there is asked for once, not by each thread
    end
    errors = calls(client, count, parallel)
  rescue StandardError => error
    client = nil
    errors = ["#{error.class}: #{error.message}"] * count
  end
  puts JSON.generate(ok: count - errors.size, errors: errors)
  $stdout.flush
end
