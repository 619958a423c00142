using System.Reflection;
using System.Runtime.Loader;

namespace AuxLossRnn.Figures;

/// <summary>Loads the charts with their own F# library, whatever version the host has loaded.</summary>
internal sealed class ChartsLoadContext(string chartsPath) : AssemblyLoadContext("AuxLossRnn.Charts")
{
    private readonly AssemblyDependencyResolver _resolver = new(chartsPath);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // The kit's libraries are shared, themselves: the figures' types must be those of the caller.
        Assembly own = typeof(ChartsLoadContext).Assembly;
        if (assemblyName.Name == own.GetName().Name)
        {
            return own;
        }

        if (own.GetReferencedAssemblies().Any(kit => kit.Name == assemblyName.Name && IsOfKit(kit)))
        {
            // Where this library itself finds it.
            return GetLoadContext(own)!.LoadFromAssemblyName(assemblyName);
        }

        return _resolver.ResolveAssemblyToPath(assemblyName) is string path ? LoadFromAssemblyPath(path) : null;
    }

    private static bool IsOfKit(AssemblyName name) => name.Name?.Split('.')[0] == "AuxLossRnn";
}
