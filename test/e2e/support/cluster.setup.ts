import { startCluster } from './cluster';
import { serveTestsByRoles } from './served-by-roles';

// The project e2e-cluster: the end-to-end tests once more, against the roles. It runs before each of its files.
serveTestsByRoles(startCluster);
