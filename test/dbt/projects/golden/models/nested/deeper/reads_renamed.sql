select count(*) as n, sum(population) as people from {{ ref('renamed') }}
