using System.Reflection;
using System.Runtime.CompilerServices;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>The terminal of the process, if it has one: cells do not see it.</summary>
public static class HiddenTerminal
{
    /// <summary>
    /// Lets the console take its streams for files from now on, as they are where a notebook is run in the background: calls such as
    /// <see cref="Console.Clear"/> then do nothing, where they would reach the terminal past the writers of the console. What was
    /// made for the terminal before goes on with it. It cannot be taken back.
    /// </summary>
    public static void Install()
    {
        // The runtime asks the system once and has no other way to be told. Without these fields the terminal is seen, and no more.
        foreach (string answer in new[] { "_isStdInRedirected", "_isStdOutRedirected", "_isStdErrRedirected" })
        {
            typeof(Console).GetField(answer, BindingFlags.Static | BindingFlags.NonPublic)?.SetValue(null, new StrongBox<bool>(true));
        }
    }
}
