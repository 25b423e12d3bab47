import { probablySecret } from './secrets';

describe('a file probably holds a secret', () => {
  it.each([
    ...['.env', '.env.local', '.env.production', 'prod.env', '.envrc', '.Renviron'],
    ...['.netrc', '.pgpass', '.npmrc', '.pypirc', '.git-credentials', '.my.cnf', '.cdsapirc', 'kaggle.json'],
    ...['id_rsa', 'id_ed25519', 'id_ecdsa_sk', 'id_rsa_work', 'id_rsa.bak'],
    ...['.ssh/id_work', '.ssh/config', 'backup/.ssh/work'],
    ...['server.pem', 'SERVER.KEY', 'a.p12', 'a.pfx', 'a.kdbx'],
    ...['.aws/credentials', 'kubeconfig', 'kubeconfig.yaml', 'kubeconfig-prod', 'prod.kubeconfig', '.kube/config'],
    ...['.docker/config.json', '.config/gh/hosts.yml', '.config/gcloud/credentials.db', '.dbt/profiles.yml'],
    ...['.config/gcloud/application_default_credentials.json', 'service-account-prod.json', 'client_secret_1.json'],
    ...['.streamlit/secrets.toml', 'credentials.json', 'secrets.yaml', 'token.json', 'token.pickle']
  ])('whose path is %s', path => {
    expect(probablySecret(path)).toBe(true);
    expect(probablySecret(`deep/er/${path}`)).toBe(true);
  });

  it.each([
    ...['.env.example', '.env.sample', '.env.template', '.env.dist', '.env.local.example', 'secrets.example.toml'],
    ...['.ssh/id_work.pub', '.ssh/known_hosts', '.ssh/known_hosts.old', '.ssh/authorized_keys', 'id_rsa.pub'],
    ...['cacert.pem', 'ca.pem', 'fullchain.pem', 'public.pem', 'server-public.key', 'server.pub.pem'],
    ...['environment.yml', 'env.py', 'id_list.csv', 'id_mapping.json', 'tokenizer.json', 'tokens.csv', 'keys.csv'],
    ...['.aws/config', '.kube/cache.json', 'config', 'config.json', 'config/credentials', '.docker/daemon.json'],
    ...['secrets.py', 'secret_santa.ipynb', 'credentials.md', 'kubeconfig.py', 'gh/readme.md', 'ssh/config', 'env']
  ])('but not %s', path => expect(probablySecret(path)).toBe(false));
});
