import { startClusterOnStandIn } from './cluster';
import { serveTestsByRoles } from './served-by-roles';

// The project e2e-cluster-eventstoredb: the same with events in EventStoreDB (stand-in). It runs before each of its files.
serveTestsByRoles(startClusterOnStandIn);
