import { html, type Html } from '../../../../pages/html';
import type { Addresses } from '../../../addresses';
import { labAddress } from '../lab-address';
import { galleryAddress, type GalleryQuery } from './finding';

/** What a gallery without dashboards says: what will be here, and how it comes about. */
export function emptyGallery(addresses: Addresses, query: GalleryQuery, mayPublish: boolean): Html {
  const { filter, search } = query;
  const { prefix } = addresses;
  if (search) {
    return html`<div class="empty">
      <h2 class="found">No dashboard matches “<bdi>${search}</bdi>”</h2>
      <p>The search looks at names, descriptions and owners of what you may open.</p>
      <p><a class="button" href="${galleryAddress(prefix, { filter })}">Show all of them</a></p>
    </div>`;
  }
  const publish = html`<h3>Publish one yourself</h3>
    <ol>
      <li>Open JupyterLab.</li>
      <li>Right-click a notebook, a Python script or a folder.</li>
      <li>Choose <b>Publish as Dashboard…</b></li>
    </ol>
    <p><a class="button primary" href="${labAddress(addresses)}">Open JupyterLab</a></p>`;
  return html`<div class="empty">
    <h2 class="found">${filter === 'mine' ? 'You have published no dashboard yet' : 'No dashboards here yet'}</h2>
    ${
      filter === 'mine'
        ? null
        : html`<p>
            As soon as somebody shares a dashboard with you, it appears here by itself, and its link works for you.
          </p>`
    }
    ${mayPublish ? publish : html`<p>On this hub, some people publish dashboards and others look at them. You need not do anything.</p>`}
  </div>`;
}
