typedef int ws_api_empty;
