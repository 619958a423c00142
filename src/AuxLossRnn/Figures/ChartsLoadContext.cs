using System.Reflection;
using System.Runtime.Loader;

namespace AuxLossRnn.Figures;

/// <summary>Loads the charts with their own F# library, whatever version the host has loaded.</summary>
internal sealed class ChartsLoadContext(string chartsPath) : AssemblyLoadContext("AuxLossRnn.Charts")
{
    private readonly AssemblyDependencyResolver _resolver = new(chartsPath);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // The core library is shared, itself: the figures' types must be those of the caller.
        Assembly core = typeof(ChartsLoadContext).Assembly;
        if (assemblyName.Name == core.GetName().Name)
        {
            return core;
        }

        return _resolver.ResolveAssemblyToPath(assemblyName) is string path ? LoadFromAssemblyPath(path) : null;
    }
}
