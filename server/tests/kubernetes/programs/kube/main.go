// Command kubelite is the control plane of a Kubernetes cluster in one binary, for tests:
//
//	kubelite apiserver DATA CLIENT_URL PEER_URL [flags of kube-apiserver]
//	kubelite controller-manager [flags of kube-controller-manager]
//	kubelite scheduler [flags of kube-scheduler]
//
// One binary is a third of the size of three, and is compiled once. The API server has its etcd in the same process.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("usage: kubelite apiserver|controller-manager|scheduler"))
	}
	name, args := os.Args[1], os.Args[2:]
	var command *cobra.Command
	switch name {
	case "apiserver":
		if len(args) < 3 {
			fail(fmt.Errorf("usage: kubelite apiserver DATA CLIENT_URL PEER_URL [flags]"))
		}
		data, client, peer := args[0], args[1], args[2]
		if err := startEtcd(data, client, peer); err != nil {
			fail(err)
		}
		args = append(args[3:], "--etcd-servers="+client)
		command = apiserver.NewAPIServerCommand()
	case "controller-manager":
		command = controllers.NewControllerManagerCommand()
	case "scheduler":
		command = scheduler.NewSchedulerCommand()
	default:
		fail(fmt.Errorf("unknown component %q", name))
	}
	os.Args = append([]string{"kube-" + name}, args...)
	os.Exit(cli.Run(command))
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "kubelite:", err)
	os.Exit(1)
}
