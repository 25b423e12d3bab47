package main

import (
	"fmt"
	"net/url"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
)

const etcdReadyWithin = 60 * time.Second

// startEtcd begins to serve the data below a folder from this process, and returns once it answers. It forgets the last
// writes if the machine stops: a test's cluster does not outlive that.
func startEtcd(data, client, peer string) error {
	clients, err := url.Parse(client)
	if err != nil {
		return err
	}
	// Nobody joins this cluster of one, but etcd listens for others all the same.
	peers, err := url.Parse(peer)
	if err != nil {
		return err
	}
	config := embed.NewConfig()
	config.Dir = data
	config.LogLevel = "error"
	config.UnsafeNoFsync = true
	config.ListenClientUrls = []url.URL{*clients}
	config.AdvertiseClientUrls = []url.URL{*clients}
	config.ListenPeerUrls = []url.URL{*peers}
	config.AdvertisePeerUrls = []url.URL{*peers}
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	etcd, err := embed.StartEtcd(config)
	if err != nil {
		return fmt.Errorf("etcd: %w", err)
	}
	select {
	case <-etcd.Server.ReadyNotify():
		return nil
	case err := <-etcd.Err():
		return fmt.Errorf("etcd: %w", err)
	case <-time.After(etcdReadyWithin):
		return fmt.Errorf("etcd did not answer in %s", etcdReadyWithin)
	}
}
