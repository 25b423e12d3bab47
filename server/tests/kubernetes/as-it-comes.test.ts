import { testRows } from './rows';
import { STOCK } from './storage-settings';

// What most hubs have.
testRows([
  {
    ...{ name: 'Z4', setUp: 'as it comes: an empty claim for each server', storage: STOCK },
    ...{ strategy: 'relay', folder: 'sales', ownClaim: true }
  }
]);
