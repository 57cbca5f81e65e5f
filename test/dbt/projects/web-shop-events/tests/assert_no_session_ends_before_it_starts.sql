select session_id from {{ ref('fct_sessions') }} where ended_at < started_at
