// Runs a shared library's step as a pipeline does, with the steps of Jenkins and its plugins that it
// takes, as far as it takes them. Arguments: the step's file, the library's resources, and the map
// for the step as JSON. A credential ID is in the environment as CREDENTIAL_ID.
import groovy.json.JsonSlurper

def (file, resources, map) = args
def variables = [:]
def within = { Map more, Closure body ->
    def before = new HashMap(variables)
    variables.putAll(more)
    try {
        body()
    } finally {
        variables.clear()
        variables.putAll(before)
    }
}

def step = new GroovyShell().parse(new File(file))
step.metaClass.error = { String message ->
    System.err.println('ERROR: ' + message)
    System.exit(1)
}
step.metaClass.string = { Map binding -> binding }
step.metaClass.withCredentials = { List bindings, Closure body ->
    within(bindings.collectEntries {
        [it.variable, System.getenv('CREDENTIAL_' + it.credentialsId)]
    }, body)
}
step.metaClass.withEnv = { List settings, Closure body ->
    within(settings.collectEntries { it.toString().split('=', 2) as List }, body)
}
step.metaClass.libraryResource = { String name -> new File(resources, name).text }
step.metaClass.sh = { Map how ->
    // As the plugin durable-task does.
    def script = File.createTempFile('script', '.sh')
    script.text = how.script
    def builder = new ProcessBuilder('sh', '-xe', script.path).inheritIO()
    builder.environment().putAll(variables)
    def code = builder.start().waitFor()
    script.delete()
    if (code != 0) {
        System.err.println('ERROR: script returned exit code ' + code)
        System.exit(code)
    }
}
step.call(new JsonSlurper().parseText(map))
