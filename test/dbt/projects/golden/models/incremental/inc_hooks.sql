{{ config(
    unique_key='id',
    pre_hook="insert into golden_log.runs values ('before {{ this.identifier }}')",
    post_hook=["{{ log_run('after ' ~ this.identifier) }}", {"sql": "analyze {{ this }}", "transaction": true}]
) }}
select id, kind from {{ ref('stg_facts') }} where id < 4
