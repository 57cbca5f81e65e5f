import { conform } from './conform.ts';
import { httpByPage, httpByCursor, httpByLink } from './subjects/http.ts';

conform(httpByPage);
conform(httpByCursor);
conform(httpByLink);
