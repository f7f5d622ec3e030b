#!/bin/sh
# Made by hawser generate koyeb from the section deploy of the configuration: change that, and make this again.
# sh koyeb.sh, after koyeb login: makes the app and its service the first time, and updates it afterwards.
# How long Koyeb waits between SIGTERM and SIGKILL is not documented: hawser connect shows whether clients see 1001.

set -eu

if koyeb services get chat/chat > /dev/null 2>&1; then
  set -- services update chat/chat
else
  set -- apps init chat
fi

# The image's own entry point is hawser run
set -- "$@" --docker 'chat:latest' --docker-args 'server.js'
set -- "$@" --ports '8080:http' --routes '/:8080'
# On the port of the clients: the program answers it with healthChecks()
set -- "$@" --checks '8080:http:/readyz'
# One core for one process
set -- "$@" --instance-type 'medium'
# An open connection is a request that is under way
set -- "$@" --min-scale '2' --max-scale '10' --autoscaling-concurrent-requests '2000'
set -- "$@" --env 'NODE_ENV=production' --env 'PORT=8080' --env 'HAWSER_WORKERS=1' --env 'HAWSER_ADMIN=0.0.0.0:9464' --env 'HAWSER_NOT_READY=5s' --env 'HAWSER_DRAIN_WINDOW=30s' --env 'HAWSER_GRACE=41s' --env 'HAWSER_MEMORY_LIMIT=512M'

exec koyeb "$@"
